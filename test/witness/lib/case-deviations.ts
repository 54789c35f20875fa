// Where QEMU and Bochs are known to differ from us in the differential cases, each judged by the manual. A difference that no entry
// excuses fails the test. QEMU judges instruction cases only: of protection it leaves out too much (limits, segment types, accessed
// bits of stack segments, VIF and VIP), and the list would excuse more than it finds.

import { END_VECTOR, STATUS_FLAGS, type Case, type Difference, type Outcome } from './case.ts';

interface Seen { readonly one: Case; readonly ours: Outcome; readonly theirs: Outcome }

export interface CaseDeviation {
  readonly witness: 'qemu' | 'bochs' | 'both';
  readonly what: string;
  readonly manual: string;
  /** True when this is the reason for that difference. */
  readonly excuses: (difference: Difference, seen: Seen) => boolean;
}

const TF = 0x100;
const TS = 10, NP = 11, GP = 13, SS = 12, PF = 14, DF = 8, UD = 6, DB = 1, AC = 17;
/** Opcodes of ENTER, PUSHA and CALL. */
const PUSHING = [0xc8, 0x60, 0x9a, 0xe8, 0xff];
/** Opcodes of IRET and RETF. */
const RETURNING = [0xcf, 0xcb, 0xca];
/** LES and LDS; LSS, LFS and LGS behind 0F. */
const LOADS_FAR = [0xc4, 0xc5], LOADS_FAR_TWO = [0xb2, 0xb4, 0xb5];
const RF = 0x1_0000, ZF = 0x40, PTE_A = 0x20, ERROR_W = 2;
/** A byte of the window, or a word watched beside it. */
const isMemory = (place: string | number): boolean => typeof place === 'number' || place.startsWith('edge');
const isPageEntry = (place: string | number): boolean => typeof place === 'string' && /page|Page|pte/.test(place);
const isDirectoryEntry = (place: string | number): boolean => typeof place === 'string' && place.startsWith('pde');
/** Bits of B0 to B3 that DR7 enables. */
const enabledBreakpoints = ({ debug }: Case): number => [0, 1, 2, 3].reduce((sum, index) => sum | (((debug?.[5] ?? 0) >>> (2 * index)) & 3 ? 1 << index : 0), 0);
/** The accessed bit in the upper word of a descriptor. */
const ACCESSED = 0x100;
const REPEATS = [0xf2, 0xf3], COMPARES = [0xa6, 0xa7, 0xae, 0xaf, 0x66, 0x67];
/** True when the code has this return, or may run some other code: what a new task begins with. */
const returns = (one: Case, opcode: number): boolean => one.code.includes(opcode) || /task switch/.test(one.name);
const vector = (outcome: Outcome): number => outcome.fields['vector']!;
const hasFaulted = (outcome: Outcome): boolean => vector(outcome) !== END_VECTOR && vector(outcome) !== DB;
const differsIn = (difference: Difference, mask: number): boolean => ((difference.ours ^ difference.theirs) & ~mask) === 0;

export const CASE_DEVIATIONS: readonly CaseDeviation[] = [
  {
    witness: 'qemu', what: 'PUSH of a segment register writes zero to the upper half of its 32-bit slot.',
    manual: 'SDM 2B "PUSH—Push Word, Doubleword or Quadword Onto the Stack": both are allowed (vendor difference push-selector-width)',
    excuses: ({ place, theirs }, { one }) => typeof place === 'number' && theirs === 0 && /push [cdefgs]s/.test(one.name),
  },
  {
    witness: 'both', what: 'RF is not set in the EFLAGS of a single-step trap between two turns of a repeated string instruction.',
    manual: 'SDM 3B "Instruction-Breakpoint Exception Condition": for a trap after any iteration but the last RF is 1 in the saved image',
    excuses: (difference, { one, ours }) => difference.place === 'eflags' && vector(ours) === DB && difference.theirs === (difference.ours & ~RF) && /rep/.test(one.name),
  },
  {
    witness: 'bochs', what: 'POP of a segment register with 32-bit operands reads 16 bits of its slot, so the end of the slot may lie beyond the limit.',
    manual: 'SDM 2B "POP—Pop a Value From the Stack": the stack pointer grows by 4; of what is read nothing is said',
    excuses: (_, { one, ours, theirs }) => vector(ours) === SS && vector(theirs) !== SS && [0x07, 0x17, 0x1f, 0xa1, 0xa9].some((opcode) => one.code.includes(opcode)),
  },
  {
    witness: 'bochs', what: 'ARPL demands that its operand can be written even where it does not change.',
    manual: 'SDM 2A "ARPL—Adjust RPL Field of Segment Selector": the operation writes only what changes (vendor difference arpl-unchanged)',
    excuses: (_, { one, theirs }) => [GP, SS, PF].includes(vector(theirs)) && (/arpl/.test(one.name) || (/inspection/.test(one.name) && one.code.includes(0x63))),
  },
  {
    witness: 'bochs', what: 'LxS reads the selector before the offset: a page fault reports its address, also where the offset lies beyond the limit, and its page is marked accessed.',
    manual: 'SDM 2A "LDS/LES/LFS/LGS/LSS—Load Far Pointer": no order is given',
    excuses: (difference, { one, ours: seen, theirs: other }) => {
      const { place, ours, theirs } = difference;
      if (!one.code.some((byte, at) => LOADS_FAR.includes(byte) || (byte === 0x0f && LOADS_FAR_TWO.includes(one.code[at + 1]!)))) return false;
      if (vector(seen) !== vector(other)) return [GP, SS].includes(vector(seen)) && vector(other) === PF;
      return place === 'cr2' ? theirs - ours === 2 || theirs - ours === 4 : isPageEntry(place) && theirs === (ours | PTE_A) && hasFaulted(seen);
    },
  },
  {
    witness: 'both', what: 'An instruction that faults after a push (ENTER, PUSHA, CALL) has written below the stack pointer already.',
    manual: 'SDM 1 "Procedure Stack": what lies below the stack pointer is not part of the stack',
    excuses: ({ place }, { one, ours }) => isMemory(place) && hasFaulted(ours) && one.code.some((byte) => PUSHING.includes(byte)),
  },
  {
    witness: 'bochs', what: 'An access that wraps around the end of a 4-GByte segment is not a limit violation.',
    manual: 'SDM 3A "Limit Checking": with an effective limit of FFFFFFFFH the exception may or may not be caused',
    excuses: (_, { ours, theirs }) => [GP, SS].includes(vector(ours)) && vector(theirs) === PF && (theirs.fields['cr2']! + 16) >>> 0 < 24,
  },
  {
    witness: 'qemu', what: 'The accessed bit of a page-directory entry is set though the table entry faults (Bochs and we leave it).',
    manual: 'SDM 3A "Accessed and Dirty Flags": set whenever the processor uses an entry for a translation; of translations that fail nothing is said',
    excuses: (difference, { ours }) => isDirectoryEntry(difference.place) && vector(ours) === PF && differsIn(difference, PTE_A),
  },
  {
    witness: 'bochs', what: 'RF is set in the EFLAGS pushed for #DF.',
    manual: 'SDM 3B "Instruction-Breakpoint Exception Condition": 1 for fault-class exceptions, otherwise the value RF had; #DF is an abort',
    excuses: (difference, { ours }) => difference.place === 'eflags' && vector(ours) === DF && differsIn(difference, RF),
  },
  {
    witness: 'bochs', what: 'ENTER with 32-bit operands on a 16-bit stack loads the whole of EBP.',
    manual: 'SDM 2A "ENTER—Make Stack Frame for Procedure Parameters": with StackSize = 16 BP alone takes FrameTemp',
    excuses: (difference, { one }) => difference.place === 'ebp' && one.code.includes(0xc8) && differsIn(difference, 0xffff_0000),
  },
  {
    witness: 'bochs', what: 'IRET and RETF read the frame from its end, so a page fault reports the address of EFLAGS or CS, and a limit violation there comes before a misaligned EIP.',
    manual: 'SDM 2A "IRET/IRETD—Interrupt Return", SDM 2B "RET—Return From Procedure", "Operation": EIP is popped first',
    excuses: ({ place, ours, theirs }, { one, ours: seen, theirs: other }) => (place === 'cr2' && ((theirs - ours === 8 && returns(one, 0xcf)) || (theirs - ours === 4 && returns(one, 0xcb))))
      || (place === 'vector' && vector(seen) === AC && vector(other) === SS && RETURNING.some((byte) => one.code.includes(byte))),
  },
  {
    witness: 'bochs', what: 'On entry to an inner ring whose stack segment has B = 0, the upper half of ESP stays that of the caller (QEMU does so, too).',
    manual: 'SDM 2A "CALL—Call Procedure", "INT n", "Operation": ESP is loaded from the TSS',
    excuses: (difference, { one }) => difference.place === 'esp' && differsIn(difference, 0xffff_0000) && /gate/.test(one.name),
  },
  {
    witness: 'bochs', what: 'Where the stacks of a call gate overlap, parameters are read after others were pushed over them.',
    manual: 'SDM 3A "Stack Switching": parameters are copied from the old to the new stack; of stacks that overlap nothing is said',
    excuses: ({ place }, { one, ours }) => typeof place === 'number' && /call gate/.test(one.name) && vector(ours) === END_VECTOR && (one.descriptors[1]! & 31) > 0,
  },
  {
    witness: 'bochs', what: 'MOVUPS, MOVUPD, MOVDQU and LDDQU are never misaligned (vendor difference `wide-alignment-check`).',
    manual: 'SDM 3A "Interrupt 17—Alignment Check Exception (#AC)": may or may not be noticed; host processors of AMD do notice (simd.test.ts)',
    excuses: (_, { one, ours }) => vector(ours) === AC && /(movups|movupd|movdqu|lddqu) /.test(one.name),
  },
  {
    witness: 'bochs', what: 'PSRLQ of an XMM register by an immediate of 64 leaves it as it was.',
    manual: 'SDM 2B "PSRLW/PSRLD/PSRLQ—Shift Packed Data Right Logical": a count above 63 gives zeros, and so do host processors for 64 (simd.test.ts)',
    excuses: ({ place }, { one }) => typeof place === 'number' && /psrlq xmm., 0x40/.test(one.name),
  },
  {
    witness: 'bochs', what: 'DR6 tells of breakpoints that are not enabled, too.',
    manual: 'SDM 3B "Debug Status Register (DR6)": B0 to B3 may be set for breakpoints that DR7 does not enable (vendor difference debug-status-conditions)',
    excuses: (difference, { one }) => difference.place === 'dr6' && differsIn(difference, 15 & ~enabledBreakpoints(one)),
  },
  {
    witness: 'bochs', what: 'DR6 tells of a breakpoint on the next instruction together with the trap behind this one, and of some that were not met.',
    manual: 'SDM 3B "Debug Status Register (DR6)": B0 to B3 tell which conditions were met when the exception came; SDM 3A "Priority Among Concurrent Events" puts the trap first',
    excuses: (difference) => difference.place === 'dr6' && differsIn(difference, 15) && (difference.ours & ~difference.theirs) === 0,
  },
  {
    witness: 'bochs', what: 'RF is not set in the EFLAGS pushed for DR7.GD.',
    manual: 'SDM 3B "Instruction-Breakpoint Exception Condition": 1 for fault-class exceptions but an instruction breakpoint',
    excuses: (difference, { ours }) => difference.place === 'eflags' && (ours.fields['dr6']! & 0x2000) !== 0 && differsIn(difference, RF),
  },
  {
    witness: 'bochs', what: 'RF as above, in a frame that a breakpoint on the stack, or a trap between two turns, left behind.',
    manual: 'SDM 3B "Instruction-Breakpoint Exception Condition"',
    excuses: (difference, { one }) => typeof difference.place === 'number' && differsIn(difference, RF >> 16) && one.entry === 'ring0'
      && (one.debug !== undefined || ((one.eflags & TF) !== 0 && /rep/.test(one.name))),
  },
  {
    witness: 'both', what: 'A flag that the manual leaves undefined, in the frame of a debug exception whose handler could not be reached at first.',
    manual: '"Flags Affected" of the instruction (undefined-flags.ts)',
    excuses: (difference, { one, ours }) => {
      const undefinedFlags = one.undefinedFlags | (one.undefinedBefore ?? 0);
      const isFrame = difference.place === 'eflags' ? vector(ours) !== DB : typeof difference.place === 'number';
      return isFrame && one.debug !== undefined && one.entry === 'ring0' && (differsIn(difference, undefinedFlags) || (typeof difference.place === 'number' && differsIn(difference, undefinedFlags >>> 8)));
    },
  },
  {
    witness: 'bochs', what: 'A fault inside a new task that has no stack yet is delivered as from ring 3, on the ring-0 stack of its TSS; here it ends in shutdown.',
    manual: 'SDM 3A "Interrupt 10—Invalid TSS Exception (#TS)": a handler that is no task may find invalid segments; nothing says that the stack is switched',
    excuses: ({ place, ours }, { one, theirs }) => place === 'vector' && ours === -1 && [TS, NP, SS, GP].includes(vector(theirs)) && /task switch/.test(one.name),
  },
  {
    witness: 'bochs', what: 'Inside a new task SS is looked at first, then DS, ES, FS and GS, then CS.',
    manual: 'SDM 3A "Task Switching": the order of these checks depends on the processor (vendor difference task-check-order)',
    excuses: (difference, { one, ours, theirs }) => (['error', 'vector'].includes(String(difference.place)) || (/^(rights|local)/.test(String(difference.place)) && differsIn(difference, ACCESSED))) && [TS, NP, SS, GP].includes(vector(ours)) && [TS, NP, SS, GP].includes(vector(theirs)) && /task switch/.test(one.name),
  },
  {
    witness: 'qemu', what: 'LAR shows bits 19:16 as zero.',
    manual: 'SDM 2A "LAR—Load Access Rights Byte": bits 19:16 are undefined',
    excuses: (difference, { one }) => differsIn(difference, 0xf_0000) && /lar /.test(one.name),
  },
  {
    witness: 'bochs', what: 'A near CALL tries the stack before the limit of CS.',
    manual: 'SDM 2A "CALL—Call Procedure", "Operation": the target is compared with the limit first',
    excuses: (_, { one, ours, theirs }) => vector(ours) === GP && [PF, SS].includes(vector(theirs)) && (/call /.test(one.name) || one.code.includes(0xe8)),
  },
  {
    witness: 'bochs', what: 'A far CALL outside protected mode compares its target with the limit before it tries the stack.',
    manual: 'SDM 2A "CALL—Call Procedure", "Operation": the limit of the stack comes first, then the target, then the pushes; of two faults of one instruction the processor may report either',
    excuses: ({ place }, { one, ours, theirs }) => (isPageEntry(place) || [PF, SS].includes(vector(ours))) && vector(theirs) === GP && (one.code.includes(0x9a) || one.code.includes(0xff)),
  },
  {
    witness: 'bochs', what: 'SGDT and SIDT store the limit before they try the place of the base.',
    manual: 'SDM 2B "SGDT—Store Global Descriptor Table Register": of a store that faults nothing is said',
    excuses: ({ place }, { one, ours }) => isMemory(place) && hasFaulted(ours) && one.code.join().includes('15,1,'),
  },
  {
    witness: 'both', what: 'REPE and REPNE CMPS and SCAS that fault leave the flags of the last comparison.',
    manual: 'SDM 2B "REP/REPE/REPZ/REPNE/REPNZ—Repeat String Operation Prefix" (vendor difference repeat-fault-flags)',
    excuses: (difference, { one, ours }) => difference.place === 'eflags' && hasFaulted(ours) && differsIn(difference, STATUS_FLAGS | RF) && (/rep.* (cmps|scas)/.test(one.name) || one.code.some((byte, at) => REPEATS.includes(byte) && COMPARES.includes(one.code[at + 1]!))),
  },
  {
    witness: 'bochs', what: 'With CR4.VME, VIF and VIP raise #GP at the boundary in virtual-8086 mode whatever IOPL is.',
    manual: 'SDM 3B "Class 2—Maskable Hardware Interrupt Handling in Virtual-8086 Mode": VIF and VIP are for IOPL below 3',
    excuses: (_, { one, theirs }) => vector(theirs) === GP && theirs.fields['eip'] === one.eip && (one.eflags & 0x1a_3000) === 0x1a_3000 && (one.cr4! & 1) !== 0,
  },
  {
    witness: 'bochs', what: 'PUSHA outside protected mode with an odd SP of 7 to 15 raises #SS.',
    manual: 'SDM 2B "PUSHA/PUSHAD—Push All General-Purpose Registers": #GP (vendor difference pusha-odd-pointer)',
    excuses: (_, { one, ours, theirs }) => vector(ours) === GP && [SS, PF].includes(vector(theirs)) && (one.registers[4]! & 0xfff1) === 1 && one.code.includes(0x60),
  },
  {
    witness: 'bochs', what: 'IRETD in virtual-8086 mode takes an EIP of more than 16 bits, and the next fetch faults.',
    manual: 'SDM 2A "IRET/IRETD/IRETQ—Interrupt Return", "Virtual-8086 Mode Exceptions": #GP(0) if the instruction pointer is not within the limit',
    excuses: (_, { one, ours, theirs }) => vector(ours) === GP && vector(theirs) === GP && theirs.fields['eip']! >>> 16 !== 0 && one.code.includes(0xcf),
  },
  {
    witness: 'bochs', what: 'INS and OUTS under REP look at the permission of the port although the count is 0.',
    manual: 'SDM 2B "REP/REPE/REPZ/REPNE/REPNZ—Repeat String Operation Prefix", "Operation": nothing is executed while the count is 0',
    excuses: (_, { one, ours, theirs }) => vector(theirs) === GP && theirs.fields['eip'] === one.eip && (ours.fields['ecx']! & 0xffff) === 0 && one.code[0] === 0xf3 && (one.code[1]! & 0xfc) === 0x6c,
  },
  {
    witness: 'bochs', what: 'POPF in virtual-8086 mode reads the stack before it looks at IOPL.',
    manual: 'SDM 2B "POPF/POPFD/POPFQ—Pop Stack Into EFLAGS Register", "Operation": #GP(0) instead of a pop',
    excuses: ({ place }, { one, ours }) => isPageEntry(place) && vector(ours) === GP && one.code.includes(0x9d),
  },
  {
    witness: 'qemu', what: 'CMPS reads its second operand first, so where both are missing the page fault reports the other address.',
    manual: 'SDM 2A "CMPS/CMPSB/CMPSW/CMPSD/CMPSQ—Compare String Operands": no order is given',
    excuses: ({ place }, { one, ours, theirs }) => place === 'cr2' && vector(ours) === PF && vector(theirs) === PF && /cmps[bwd]/.test(one.name),
  },
  {
    witness: 'qemu', what: 'RF is never set in a pushed EFLAGS.',
    manual: 'SDM 3B "Instruction-Breakpoint Exception Condition": 1 for fault-class exceptions',
    excuses: (difference) => difference.place === 'eflags' && difference.theirs === (difference.ours & ~RF),
  },
  {
    witness: 'qemu', what: 'Limits, and the types of segments, are not checked when data is accessed.',
    manual: 'SDM 3A "Limit Checking", "Type Checking"',
    excuses: (_, { ours, theirs }) => [GP, SS].includes(vector(ours)) && ours.fields['error'] === 0 && ['vector', 'eip', 'error'].some((field) => ours.fields[field] !== theirs.fields[field]),
  },
  {
    witness: 'qemu', what: 'A read-modify-write that faults is reported as a read.',
    manual: 'SDM 3A "Interrupt 14—Page-Fault Exception (#PF)": W/R tells whether the access was a write; the access is a locked or unlocked write cycle',
    excuses: (difference, { ours }) => difference.place === 'error' && vector(ours) === PF && difference.theirs === (difference.ours & ~ERROR_W),
  },
  {
    witness: 'qemu', what: 'F6 /1 and F7 /1, an alias of TEST, raise #UD.',
    manual: 'APM 3 "TEST—Test Bits" lists both; SDM 2D "Opcode Extensions" leaves them blank, and processors execute them',
    excuses: (_, { one, theirs }) => vector(theirs) === UD && one.code.some((byte, index) => (byte | 1) === 0xf7 && ((one.code[index + 1]! >> 3) & 7) === 1),
  },
  {
    witness: 'qemu', what: '0F 0D and 0F 18 with a register raise #UD.',
    manual: 'SDM 2D "Two-byte Opcode Map": reserved NOPs; SDM 2B "PREFETCHh": hints may be ignored',
    excuses: (_, { one, theirs }) => vector(theirs) === UD && /nop \w+, \w+/.test(one.name),
  },
  {
    witness: 'qemu', what: 'An instruction that looks at flags and then faults may leave other flags than it found.',
    manual: 'SDM 3A "Restarting of Program or Task After an Exception": the state is that before the faulting instruction',
    excuses: (difference, { one, ours }) => difference.place === 'eflags' && hasFaulted(ours) && differsIn(difference, STATUS_FLAGS | RF) && /set|cmov|adc|sbb|rcl|rcr/.test(one.name),
  },
  {
    witness: 'qemu', what: 'CMPXCHG8B may leave other flags than it found: all but ZF come from what was left for a lazy evaluation.',
    manual: 'SDM 2A "CMPXCHG8B/CMPXCHG16B—Compare and Exchange Bytes": ZF is set or cleared, the other flags are unaffected',
    excuses: (difference, { one }) => difference.place === 'eflags' && differsIn(difference, ~ZF) && /cmpxchg8b/.test(one.name),
  },
  {
    witness: 'qemu', what: 'ENTER does not try the end of the new frame.',
    manual: 'SDM 2A "ENTER—Make Stack Frame for Procedure Parameters": #PF if a write using the final value of the stack pointer would cause one',
    excuses: (_, { one, ours, theirs }) => vector(ours) === PF && vector(theirs) !== PF && one.code.includes(0xc8),
  },
  {
    witness: 'qemu', what: 'PUSHA that faults reports the address of its last slot.',
    manual: 'SDM 2B "PUSHA/PUSHAD—Push All General-Purpose Registers", "Operation": EAX is pushed first',
    excuses: ({ place }, { one }) => place === 'cr2' && one.code.includes(0x60),
  },
  {
    witness: 'qemu', what: 'Behind STI and LSS the trap of TF waits for the next instruction, as behind MOV SS.',
    manual: 'SDM 2B "STI—Set Interrupt Flag": interrupts are delayed; SDM 2B "MOV—Move", SDM 2B "POP—Pop a Value From the Stack": those two alone hold debug exceptions',
    excuses: (_, { one, ours, theirs }) => vector(ours) === DB && theirs.fields['eip']! > ours.fields['eip']! && (one.eflags & TF) !== 0 && /\bsti\b|\blss /.test(one.name),
  },
  {
    witness: 'qemu', what: 'With TF set, PAUSE is not followed by the trap.',
    manual: 'SDM 3B "Single-Step Exception Condition": after the execution of each instruction',
    excuses: (_, { one, ours, theirs }) => vector(ours) === DB && vector(theirs) !== DB && /pause/.test(one.name),
  },
  {
    witness: 'qemu', what: 'The count of RET n is sign-extended.',
    manual: 'SDM 2B "RET—Return From Procedure": imm16 is a number of bytes; SP is incremented by it',
    excuses: (difference, { one }) => difference.place === 'esp' && ((difference.ours ^ difference.theirs) & 0xffff) === 0 && /ret 0x[89a-f].../.test(one.name),
  },
  {
    witness: 'qemu', what: 'LxS with a 16-bit address of FFFEH reads its selector above 64 KBytes.',
    manual: 'SDM 1 "Specifying an Offset": with 16-bit addresses the offset is a 16-bit number; the limit is FFFFH in these cases',
    excuses: ({ place }, { one, ours, theirs }) => place === 'error' && vector(ours) === GP && vector(theirs) === GP && /l[defgs]s .*\[.*(b[xp]|[sd]i)/.test(one.name),
  },
];

/** What the first entry for this witness that excuses the difference says, or null. */
export function excuseOf(witness: 'qemu' | 'bochs', difference: Difference, seen: Seen): string | null {
  return CASE_DEVIATIONS.find((deviation) => (deviation.witness === witness || deviation.witness === 'both') && deviation.excuses(difference, seen))?.what ?? null;
}
