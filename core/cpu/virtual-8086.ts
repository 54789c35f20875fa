// Into virtual-8086 mode: IRETD with VM set in the popped EFLAGS, at CPL 0. The way out is any interrupt or exception (interrupt-gate.ts);
// inside, segment registers and far transfers are real-mode.ts, and CPL is 3. SDM 3B "Entering Virtual-8086 Mode", SDM 2A "IRET/IRETD/IRETQ".
//
//   the frame, highest address first:   GS  FS  DS  ES  SS  ESP  EFLAGS  CS  EIP   (doublewords)

import { difference } from '../arch/vendor-differences.ts';
import { codeOf, SLOT_NAMES, VIAS } from '../event/kinds.ts';
import { rule } from '../event/rules.ts';
import { differ } from './differ.ts';
import { demand, GP0 } from './fault.ts';
import { writeFlags } from './flags.ts';
import { partCode } from './access-codes.ts';
import { poppedSlot } from './popped-slot.ts';
import { loadParagraph, REAL_LIMIT } from './real-mode.ts';
import { stackOffset } from './stack.ts';
import { CS, DS, ES, FS, GS, SHADOW_NMI, SS, type Cpu } from './state.ts';
import { fillFrame, fillReturn } from './transition-fields.ts';
import { commitTransition, openTransition, setCpl } from './transition.ts';

const R_LIMIT = rule('iret-v86-limit');
const D_EIP = difference('virtual-8086-eip');
const VIA_IRET = codeOf(VIAS, 'iret');
const SLOT = 4;
const NAMES = (['eip', 'cs', 'eflags', 'esp', 'ss', 'es', 'ds', 'fs', 'gs'] as const).map((name) => codeOf(SLOT_NAMES, name));
const PARTS = (['ip', 'cs', 'flags', 'sp', 'ss', 'es', 'ds', 'fs', 'gs'] as const).map(partCode);
/** The segment register each slot goes to; EIP, EFLAGS and ESP are none. */
const SEGMENTS = [-1, CS, -1, -1, SS, ES, DS, FS, GS];
const EIP_SLOT = 0, FLAGS_SLOT = 2, ESP_SLOT = 3;
const values = NAMES.map(() => 0);

/** IRETD to virtual-8086 mode; the caller has seen VM in the popped image and CPL 0. Faults with #SS, #PF or #GP(0); nothing has changed then. */
export function returnToVirtual8086(cpu: Cpu): void {
  for (let slot = 0; slot < NAMES.length; slot += 1) values[slot] = poppedSlot(cpu, PARTS[slot]!, slot * SLOT, SLOT) >>> 0;
  const eip = values[EIP_SLOT]!;
  if (eip > REAL_LIMIT) differ(cpu, D_EIP);
  demand(cpu, R_LIMIT, eip <= REAL_LIMIT, GP0, eip, REAL_LIMIT);

  const draft = openTransition(cpu, VIA_IRET);
  fillReturn(draft, eip);
  fillFrame(draft, { ss: cpu.segmentSelector(SS), linear: (cpu.segmentBase(SS) + stackOffset(cpu, 0)) >>> 0, width: SLOT, count: NAMES.length, names: NAMES, values });
  // All of EFLAGS comes from the stack, IOPL and VM included; with VM set, segment registers are loaded as paragraphs.
  writeFlags(cpu, values[FLAGS_SLOT]!);
  setCpl(cpu, 3);
  SEGMENTS.forEach((segment, slot) => { if (segment >= 0) loadParagraph(cpu, segment, values[slot]! & 0xffff); });
  cpu.esp = values[ESP_SLOT]!;
  cpu.eip = eip;
  if ((cpu.shadow & SHADOW_NMI) !== 0) cpu.shadow &= ~SHADOW_NMI;
  commitTransition(cpu);
}
