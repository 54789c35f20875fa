// The rules of real-address and virtual-8086 mode: the nearest state that passes and the nearest that faults, as in rule-cases.ts.

import { registerOffset } from '../../../core/arch/register-file.ts';
import { writeFlags } from '../../../core/cpu/flags.ts';
import { enterHandler } from '../../../core/cpu/interrupt-gate.ts';
import { interruptReturn } from '../../../core/cpu/iret.ts';
import { checkIoPermission } from '../../../core/cpu/ports.ts';
import { demandInterruptFlagRight, demandVirtual8086Iopl } from '../../../core/cpu/privilege.ts';
import { callParagraph, jumpToParagraph, returnToParagraph } from '../../../core/cpu/real-mode.ts';
import { enterRealHandler, realInterruptReturn } from '../../../core/cpu/real-mode-interrupt.ts';
import { installSegment } from '../../../core/cpu/segmentation.ts';
import { CS, SS } from '../../../core/cpu/state.ts';
import { enterReal, enterVirtual8086, IOPL3, storeStack, VM } from './modes-world.ts';
import type { RuleCase } from './rule-cases.ts';
import { ABSENT, CODE, CONFORMING, descriptor, FREE, gate, KERNEL_STACK, pushWords, store32, TSS, TSS_SELECTOR, type World } from './world.ts';

const SOFTWARE = 0, EXTERNAL = 2;
const deliver = (enter: typeof enterHandler, source: number) => ({ cpu }: World): void => { enter(cpu, { source, vector: 0x20, errorCode: -1, resume: false }); };
const limitCs = (limit: number) => ({ cpu }: World): void => { installSegment(cpu, CS, 0x500, 0x93, limit, 0x5000); };
const limitSs = (limit: number) => ({ cpu }: World): void => { installSegment(cpu, SS, 0x900, 0x93, limit, 0x9000); };
const handlerIs = (rights: number) => (world: World): void => { descriptor(world, FREE, rights); gate(world, 0x20, { selector: FREE }); };
const fromV86 = (rights: number) => (world: World): void => { handlerIs(rights)(world); enterVirtual8086(world); };
const returnTo = (...words: readonly number[]) => (world: World): void => { enterReal(world); storeStack(world, ...words); };
// GS FS DS ES SS ESP EFLAGS CS EIP
const toV86 = (eip: number) => (world: World): void => { world.cpu.esp = KERNEL_STACK; pushWords(world, 6, 5, 4, 3, 2, 0x100, VM | 2, 0x500, eip); };

const REAL: readonly RuleCase[] = [
  { rule: 'real-far-limit', name: 'JMP', setup: (world) => { enterReal(world); limitCs(0x4000)(world); }, bend: limitCs(0x3fff), act: ({ cpu }) => { jumpToParagraph(cpu, 0x700, 0x4000); }, fault: '#GP(0x0)' },
  { rule: 'real-far-limit', name: 'CALL', setup: (world) => { enterVirtual8086(world); }, bend: limitCs(0xfffe), act: ({ cpu }) => { callParagraph(cpu, 32, 0x700, 0xffff); }, fault: '#GP(0x0)' },
  { rule: 'real-far-limit', name: 'RETF', setup: returnTo(0x4000, 0, 0x700, 0), bend: (world) => { storeStack(world, 0x4000, 1); }, act: ({ cpu }) => { returnToParagraph(cpu, 32, 0); }, fault: '#GP(0x0)' },
  { rule: 'real-iret-limit', setup: returnTo(0x4000, 0, 0x700, 0, 2, 0), bend: limitCs(0x3fff), act: ({ cpu }) => { realInterruptReturn(cpu, 32); }, fault: '#GP(0x0)' },
  { rule: 'real-iret-limit', name: '16-bit', setup: returnTo(0x4000, 0x700, 2), bend: limitCs(0x3fff), act: ({ cpu }) => { realInterruptReturn(cpu, 16); }, fault: '#GP(0x0)' },
  { rule: 'segment-limit', name: 'IRET in real-address mode', setup: (world) => { returnTo(0x4000, 0x700, 2)(world); limitSs(0x105)(world); }, bend: limitSs(0x104), act: ({ cpu }) => { realInterruptReturn(cpu, 16); }, fault: '#SS(0x0)' },
  { rule: 'vector-table-limit', setup: (world) => { enterReal(world); world.cpu.setNarrow(registerOffset('idtr.limit'), 0x83); }, bend: ({ cpu }) => { cpu.setNarrow(registerOffset('idtr.limit'), 0x82); }, act: deliver(enterRealHandler, SOFTWARE), fault: '#GP(0x0)' },
  { rule: 'vector-frame-room', setup: (world) => { enterReal(world); limitSs(0xff)(world); }, bend: limitSs(0xfe), act: deliver(enterRealHandler, EXTERNAL), fault: '#SS(0x0)' },
  { rule: 'vector-frame-room', name: 'SP odd at the bottom', setup: (world) => { enterReal(world); world.cpu.esp = 0; }, bend: ({ cpu }) => { cpu.esp = 3; }, act: deliver(enterRealHandler, EXTERNAL), fault: '#SS(0x0)' },
];

const VIRTUAL: readonly RuleCase[] = [
  { rule: 'v86-iopl', setup: (world) => { enterVirtual8086(world); }, bend: ({ cpu }) => { writeFlags(cpu, VM | 0x2002); }, act: ({ cpu }) => { demandVirtual8086Iopl(cpu); }, fault: '#GP(0x0)' },
  { rule: 'v86-iopl', name: 'IRET', setup: (world) => { enterVirtual8086(world); storeStack(world, 0x4000, 0x700, 2); }, bend: ({ cpu }) => { writeFlags(cpu, VM | 0x2002); }, act: ({ cpu }) => { realInterruptReturn(cpu, 16); }, fault: '#GP(0x0)' },
  { rule: 'iopl-interrupt-flag', name: 'virtual-8086', setup: (world) => { enterVirtual8086(world); }, bend: ({ cpu }) => { writeFlags(cpu, VM | 0x2002); }, act: ({ cpu }) => { demandInterruptFlagRight(cpu); }, fault: '#GP(0x0)' },
  { rule: 'handler-v86', name: 'conforming', setup: fromV86(CODE), bend: handlerIs(CONFORMING), act: deliver(enterHandler, EXTERNAL), fault: '#GP(0x39)' },
  { rule: 'handler-v86', name: 'ring 1', setup: fromV86(CODE), bend: handlerIs(CODE | 0x20), act: deliver(enterHandler, SOFTWARE), fault: '#GP(0x38)' },
  { rule: 'handler-present', name: 'virtual-8086', setup: fromV86(CODE), bend: handlerIs(CODE & ~ABSENT), act: deliver(enterHandler, SOFTWARE), fault: '#NP(0x38)' },
  { rule: 'iret-v86-limit', setup: toV86(0xffff), bend: toV86(0x1_0000), act: ({ cpu }) => { interruptReturn(cpu, 32); }, fault: '#GP(0x0)' },
  {
    rule: 'io-map-bit', name: 'virtual-8086, IOPL 3',
    setup: (world) => { enterVirtual8086(world, IOPL3); world.cpu.setSegment(7, TSS_SELECTOR, 0x8b, 104 + 3, TSS); store32(world, TSS + 104, 0); },
    bend: (world) => { store32(world, TSS + 104, 0x0001_0000); }, act: ({ cpu }) => { checkIoPermission(cpu, 0x10, 1); }, fault: '#GP(0x0)',
  },
  // a frame of nine doublewords, or of ten words through a 16-bit gate with an error code
  {
    rule: 'inner-frame-room', name: 'out of virtual-8086 mode',
    setup: (world) => { fromV86(CODE)(world); store32(world, TSS + 4, 36); }, bend: (world) => { store32(world, TSS + 4, 35); }, act: deliver(enterHandler, EXTERNAL), fault: '#SS(0x11)',
  },
  {
    rule: 'inner-frame-room', name: 'out of virtual-8086 mode, 16-bit gate',
    setup: (world) => { fromV86(CODE)(world); gate(world, 0x20, { type: 6 }); store32(world, TSS + 4, 20); }, bend: (world) => { store32(world, TSS + 4, 19); },
    act: ({ cpu }) => { enterHandler(cpu, { source: 1, vector: 0x20, errorCode: 0, resume: true }); }, fault: '#SS(0x11)',
  },
];

/** Rules of real-address and virtual-8086 mode, and rules that mean something more there. */
export const MODE_CASES: readonly RuleCase[] = [...REAL, ...VIRTUAL];
