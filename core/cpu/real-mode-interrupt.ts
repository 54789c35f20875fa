// Interrupts and exceptions through the interrupt-vector table of real-address mode or, for a redirected INT n, of the virtual-8086 program; and
// IRET in both modes: no ring changes, no descriptor is read, no error code is pushed. Double faults and shutdown follow the same table as in
// protected mode (delivery.ts). SDM 3B "Interrupt and Exception Handling" of real-address mode, SDM 2A "INT n/INTO/INT3/INT1", "IRET/IRETD/IRETQ".
//
//   an entry of the table   31..16 CS | 15..0 IP          the frame   FLAGS  CS  IP   <- new stack pointer

import {
  EFLAGS_AC, EFLAGS_AF, EFLAGS_CF, EFLAGS_DF, EFLAGS_ID, EFLAGS_IF, EFLAGS_IOPL, EFLAGS_NT, EFLAGS_OF, EFLAGS_PF, EFLAGS_RF, EFLAGS_SF, EFLAGS_TF,
  EFLAGS_VIF, EFLAGS_ZF, ioplOf,
} from '../arch/flags.ts';
import { registerOffset } from '../arch/register-file.ts';
import { difference } from '../arch/vendor-differences.ts';
import { codeOf, SLOT_NAMES, VIAS } from '../event/kinds.ts';
import { rule } from '../event/rules.ts';
import { IMPLICIT } from './access.ts';
import { IS_READ, NO_PART, WHAT_GATE } from './access-codes.ts';
import { tellAccess } from './access-report.ts';
import { differ } from './differ.ts';
import { demand, GP0, skip, SS0 } from './fault.ts';
import { readFlags, writeFlags } from './flags.ts';
import { interruptSlotNames } from './interrupt-frame.ts';
import { VIA_OF_SOURCE, type Delivery } from './interrupt-gate.ts';
import { readLinear32 } from './linear-memory.ts';
import { isVirtual8086 } from './mode.ts';
import { poppedSlot, SLOT_CS, SLOT_FLAGS, SLOT_IP } from './popped-slot.ts';
import { loadParagraph } from './real-mode.ts';
import { setStackPointer, stackOffset } from './stack.ts';
import { layFrame, writeFrame } from './stack-frame.ts';
import { CS, SHADOW_MOV_SS, SHADOW_NMI, SHADOW_STI, SS, type Cpu } from './state.ts';
import { fillEntry, fillFrame, fillReturn } from './transition-fields.ts';
import { cachedPage, tlbIndex } from './tlb.ts';
import { commitTransition, openTransition } from './transition.ts';
import { demandFlagsImage, demandVirtualImage, skipVirtualImage, virtualFlags, withVirtualFlag } from './virtual-interrupts.ts';

const R_TABLE = rule('vector-table-limit'), R_ROOM = rule('vector-frame-room'), R_LIMIT = rule('real-iret-limit');
const IDTR_BASE = registerOffset('idtr.base'), IDTR_LIMIT = registerOffset('idtr.limit');
const VIA_IRET = codeOf(VIAS, 'iret');
const D_PRIVILEGE = difference('program-vector-privilege');
const ENTRY_BYTES = 4, WORD = 2, SLOTS = 3;
const NAMES_32 = (['eip', 'cs', 'eflags'] as const).map((name) => codeOf(SLOT_NAMES, name));
const NAMES_16 = (['ip', 'cs', 'flags'] as const).map((name) => codeOf(SLOT_NAMES, name));
const SLOT_PARTS = [SLOT_IP, SLOT_CS, SLOT_FLAGS];
const values = [0, 0, 0];

/** Enters the handler of a vector in real-address mode; the return address is the current CS:EIP. Faults leave everything as it was. */
export function enterRealHandler(cpu: Cpu, delivery: Delivery): void {
  const last = delivery.vector * ENTRY_BYTES + ENTRY_BYTES - 1;
  demand(cpu, R_TABLE, last <= cpu.register(IDTR_LIMIT), GP0, last, cpu.register(IDTR_LIMIT));
  const flags = readFlags(cpu);
  enterVector(cpu, delivery, { table: cpu.register(IDTR_BASE), pushed: flags, flags: flags & ~(EFLAGS_IF | EFLAGS_TF | EFLAGS_AC | EFLAGS_RF) });
}

/**
 * Enters the virtual-8086 program's own handler for INT n (interrupt-redirection.ts): its vector table lies at linear address 0. With IOPL below 3 the
 * program's IF is VIF. Faults leave everything as it was. SDM 2A "INT n/INTO/INT3/INT1—Call to Interrupt Procedure", "Operation".
 */
export function enterProgramHandler(cpu: Cpu, delivery: Delivery): void {
  skip(cpu, R_TABLE);
  differ(cpu, D_PRIVILEGE);
  const flags = readFlags(cpu);
  const isVirtual = ioplOf(flags) < 3;
  enterVector(cpu, delivery, { table: 0, pushed: isVirtual ? virtualFlags(cpu) : flags, flags: flags & ~((isVirtual ? EFLAGS_VIF : EFLAGS_IF) | EFLAGS_TF | EFLAGS_RF) });
}

interface VectorEntry { readonly table: number; readonly pushed: number; readonly flags: number }

function enterVector(cpu: Cpu, delivery: Delivery, { table, pushed, flags }: VectorEntry): void {
  const { vector } = delivery;
  const linear = (table + vector * ENTRY_BYTES) >>> 0;
  const entry = readLinear32(cpu, linear, IMPLICIT) >>> 0;
  // taken now: the frame's pages may take the place of this one in the TLB
  const physical = cachedPage(cpu, tlbIndex(linear)) + (linear & 0xfff);
  tellAccess(cpu, WHAT_GATE, NO_PART, linear, ENTRY_BYTES, entry, 0, IS_READ);
  const stack = { rights: cpu.segmentRights(SS), limit: cpu.segmentLimit(SS), base: cpu.segmentBase(SS), pointer: cpu.esp, cpl: cpu.cpl };
  const frame = layFrame(cpu, { rule: R_ROOM, fault: SS0, count: SLOTS, width: WORD }, stack);

  frame.values[0] = cpu.eip & 0xffff;
  frame.values[1] = cpu.segmentSelector(CS);
  frame.values[2] = pushed & 0xffff;
  const names = interruptSlotNames(WORD, -1);
  writeFrame(cpu, names);
  const draft = openTransition(cpu, VIA_OF_SOURCE[delivery.source]!);
  fillEntry(draft, { source: delivery.source, vector, errorCode: -1, returnIp: cpu.eip, gatePhysical: physical, gateLow: entry, gateHigh: 0 });
  fillFrame(draft, { ss: cpu.segmentSelector(SS), linear: frame.linear, width: WORD, count: SLOTS, names, values: frame.values });
  cpu.esp = frame.newPointer;
  loadParagraph(cpu, CS, entry >>> 16);
  cpu.eip = entry & 0xffff;
  writeFlags(cpu, flags);
  if ((cpu.shadow & (SHADOW_STI | SHADOW_MOV_SS)) !== 0) cpu.shadow &= ~(SHADOW_STI | SHADOW_MOV_SS);
  commitTransition(cpu);
}

/** IRET (`operandSize` 16) or IRETD (32) in real-address or virtual-8086 mode. Faults with #GP, #SS or #PF; nothing has changed then. */
export function realInterruptReturn(cpu: Cpu, operandSize: number): void {
  const isVirtual = demandFlagsImage(cpu, operandSize);
  const width = operandSize >>> 3;
  for (let slot = 0; slot < SLOTS; slot += 1) {
    values[slot] = poppedSlot(cpu, SLOT_PARTS[slot]!, slot * width, width) >>> 0;
  }
  const [eip, selector, image] = values as [number, number, number];
  demand(cpu, R_LIMIT, eip <= cpu.segmentLimit(CS), GP0, eip, cpu.segmentLimit(CS));
  if (isVirtual) demandVirtualImage(cpu, image);
  else skipVirtualImage(cpu);

  const draft = openTransition(cpu, VIA_IRET);
  fillReturn(draft, eip);
  fillFrame(draft, { ss: cpu.segmentSelector(SS), linear: (cpu.segmentBase(SS) + stackOffset(cpu, 0)) >>> 0, width, count: SLOTS, names: width === 4 ? NAMES_32 : NAMES_16, values });
  const mask = isVirtual ? returnedFlags(cpu, width) & ~EFLAGS_IF : returnedFlags(cpu, width);
  const old = isVirtual ? withVirtualFlag(readFlags(cpu), image) : readFlags(cpu);
  setStackPointer(cpu, stackOffset(cpu, SLOTS * width));
  loadParagraph(cpu, CS, selector & 0xffff);
  cpu.eip = eip;
  writeFlags(cpu, (old & ~mask) | (image & mask));
  // SDM 3A "Handling Multiple NMIs": IRET ends the blocking of NMIs.
  if ((cpu.shadow & SHADOW_NMI) !== 0) cpu.shadow &= ~SHADOW_NMI;
  commitTransition(cpu);
}

// VM, VIF and VIP stay, and in virtual-8086 mode IOPL, too. SDM 2A "IRET/IRETD/IRETQ—Interrupt Return".
function returnedFlags(cpu: Cpu, width: number): number {
  const mask = EFLAGS_CF | EFLAGS_PF | EFLAGS_AF | EFLAGS_ZF | EFLAGS_SF | EFLAGS_TF | EFLAGS_IF | EFLAGS_DF | EFLAGS_OF | EFLAGS_NT;
  return mask | (isVirtual8086(cpu) ? 0 : EFLAGS_IOPL) | (width === 4 ? EFLAGS_RF | EFLAGS_AC | EFLAGS_ID : 0);
}
