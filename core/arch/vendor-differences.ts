// Where processors and emulators differ, or the manual leaves a choice: one row each, with what others do, what this core does, and the
// sources. core/cpu tells a listening probe at the very spot where it chose (core/cpu/differ.ts); a ladder cites it. Nothing here decides.

/** What one maker, model or emulator does; `who` is as people call it: `Intel manual`, `AMD`, `486`, `Bochs 2.7`, `QEMU 7.2`. */
export interface Elsewhere { readonly who: string; readonly does: string }

export interface VendorDifference {
  /** Kebab-case id. */
  readonly id: string;
  /** The question on which they differ, as a noun phrase without a full stop. */
  readonly title: string;
  readonly others: readonly Elsewhere[];
  /** What this core does, as the others are said. */
  readonly here: string;
  /** Volume and section title, as in the rule catalogue. */
  readonly cite: string;
}

/** All differences. Append to the topic they belong to; a row's position is its code inside this version and stands in no file. */
export const VENDOR_DIFFERENCES = [
  // general instructions
  {
    id: 'bit-scan-of-zero', title: 'the destination of BSF and BSR when the source is zero',
    others: [{ who: 'Intel manual', does: 'leaves it undefined' }, { who: 'AMD manual', does: 'leaves the destination unchanged' }],
    here: 'leaves the destination unchanged', cite: 'SDM 2A "BSF—Bit Scan Forward"',
  },
  {
    id: 'double-shift-count', title: 'SHLD and SHRD of 16 bits by more than 16',
    others: [{ who: 'Intel manual', does: 'leaves result and flags undefined' }, { who: 'AMD processors', does: 'shift through DEST:SRC:SRC' }],
    here: 'shifts through DEST:SRC:DEST', cite: 'SDM 2B "SHLD—Double Precision Shift Left"',
  },
  {
    id: 'push-selector-width', title: 'the high half of the stack slot that a 32-bit PUSH of a segment register writes',
    others: [{ who: 'Intel manual', does: 'allows a zero-extended value or a 16-bit write; recent processors write 16 bits' }, { who: 'Bochs 2.7', does: 'writes 16 bits' }, { who: 'QEMU 7.2', does: 'writes zero' }, { who: 'AMD manual', does: 'writes zero' }],
    here: 'leaves it as it was', cite: 'SDM 2B "PUSH—Push Word, Doubleword, or Quadword Onto the Stack"',
  },
  {
    id: 'pusha-odd-pointer', title: 'PUSHA outside protected mode with SP 7, 9, 11, 13 or 15',
    others: [{ who: 'Intel manual', does: 'raises #GP' }, { who: 'Bochs 2.7', does: 'raises #SS, as for any other odd pointer' }],
    here: 'raises #GP', cite: 'SDM 2B "PUSHA/PUSHAD—Push All General-Purpose Registers"',
  },
  {
    id: 'arpl-unchanged', title: 'ARPL of a memory operand that cannot be written and whose RPL is high enough already',
    others: [{ who: 'Intel manual', does: 'lists #GP for a segment that is not writable; its operation writes only what changes' }, { who: 'Bochs 2.7', does: 'raises the fault of a write' }],
    here: 'raises nothing', cite: 'SDM 2A "ARPL—Adjust RPL Field of Segment Selector"',
  },
  {
    id: 'repeat-fault-flags', title: 'the status flags when REPE or REPNE CMPS or SCAS faults after its first turn',
    others: [{ who: 'Intel manual', does: 'restores those before the instruction' }, { who: '80286', does: 'leaves those of the last comparison' }, { who: 'Bochs 2.7', does: 'leaves those of the last comparison' }],
    here: 'restores those before the instruction', cite: 'SDM 2B "REP/REPE/REPZ/REPNE/REPNZ—Repeat String Operation Prefix"',
  },
  {
    id: 'byte-swap-16', title: 'BSWAP with a 16-bit operand size',
    others: [{ who: 'Intel manual', does: 'leaves the result undefined' }, { who: 'Bochs 2.7', does: 'clears the 16-bit register' }],
    here: 'clears the 16-bit register', cite: 'SDM 2A "BSWAP—Byte Swap"',
  },

  {
    id: 'ud0-modrm', title: 'whether UD0 (0F FF) has a ModRM byte, and so where its fetch ends',
    others: [{ who: 'Intel manual', does: 'gives it one, but for some older processors, which raise #UD before they fetch it' }, { who: 'AMD manual', does: 'gives it none' }],
    here: 'has one', cite: 'SDM 2B "UD—Undefined Instruction"',
  },
  {
    id: 'smsw-high-half', title: 'the high half of a 32-bit register that SMSW writes',
    others: [{ who: 'Intel manual', does: 'leaves it undefined on processors before P6' }, { who: 'P6 and later', does: 'write bits 31:16 of CR0' }],
    here: 'writes bits 31:16 of CR0', cite: 'SDM 2B "SMSW—Store Machine Status Word"',
  },
  {
    id: 'selector-store-high-half', title: 'the high half of a 32-bit register that SLDT and STR write',
    others: [{ who: 'Intel manual', does: 'leaves it undefined on processors before P6' }, { who: 'P6 and later', does: 'write zero' }],
    here: 'writes zero', cite: 'SDM 2B "SLDT—Store Local Descriptor Table Register"',
  },
  {
    id: 'table-store-16-bit', title: 'the highest byte that SGDT and SIDT store with a 16-bit operand size',
    others: [{ who: '80286 and the manual', does: 'write FFH or zero' }, { who: '386 and later', does: 'write bits 31:24 of the base' }],
    here: 'writes bits 31:24 of the base', cite: 'SDM 2B "SGDT—Store Global Descriptor Table Register"',
  },

  // segments, stacks and returns
  {
    id: 'access-across-4-gib', title: 'an access that goes on beyond offset FFFFFFFFH of a segment whose limit is FFFFFFFFH',
    others: [{ who: 'Intel manual', does: 'leaves open whether it faults or wraps' }],
    here: 'faults as beyond the limit', cite: 'SDM 3A "Limit Checking"',
  },
  {
    id: 'return-stack-pointer', title: 'the high half of ESP after a return to an outer ring whose stack segment has B = 0',
    others: [{ who: 'Intel manual', does: 'loads all of ESP' }, { who: 'Intel and AMD processors', does: 'leave the high half as it was' }],
    here: 'leaves the high half as it was', cite: 'SDM 2A "IRET/IRETD/IRETQ—Interrupt Return"',
  },
  {
    id: 'return-stack-absent', title: 'the exception of IRET for a return stack segment that is not present',
    others: [{ who: 'Intel manual', does: 'lists #NP with IRET and #SS with far RET' }, { who: 'Bochs 2.7', does: 'raises #NP' }, { who: 'QEMU 7.2', does: 'raises #NP' }],
    here: 'raises #NP', cite: 'SDM 2A "IRET/IRETD/IRETQ—Interrupt Return"',
  },
  {
    id: 'null-segment-in-real-mode', title: 'a segment register that left protected mode with a null selector and is loaded in real-address mode',
    others: [{ who: 'Intel manual', does: 'calls the register unusable and says nothing of a load' }],
    here: 'makes it what it is after reset', cite: 'SDM 3A "Switching Back to Real-Address Mode"',
  },
  {
    id: 'virtual-8086-eip', title: 'IRETD to virtual-8086 mode with more than 16 bits in the popped EIP',
    others: [{ who: 'Intel manual', does: 'raises #GP(0)' }, { who: 'Bochs 2.7', does: 'cuts EIP to 16 bits' }, { who: 'QEMU 7.2', does: 'cuts EIP to 16 bits' }],
    here: 'raises #GP(0)', cite: 'SDM 2A "IRET/IRETD/IRETQ—Interrupt Return"',
  },
  {
    id: 'task16-upper-halves', title: 'the high halves of the general registers after a switch to a task with a 16-bit TSS',
    others: [{ who: 'Intel manual', does: 'does not say' }, { who: 'Bochs 2.7', does: 'sets all their bits' }],
    here: 'sets all their bits', cite: 'SDM 3A "16-Bit Task-State Segment (TSS)"',
  },

  // tasks and virtual-8086 mode
  {
    id: 'error-code-ext', title: 'the EXT bit in the error code of a fault that hits the delivery of an external interrupt or an earlier exception',
    others: [{ who: 'Intel manual', does: 'sets it' }, { who: 'Bochs 2.7', does: 'sets it' }, { who: 'QEMU 7.2', does: 'never sets it' }],
    here: 'sets it', cite: 'SDM 3A "Error Code"',
  },
  {
    id: 'single-step-into-task', title: 'the single-step trap of an instruction that leaves its task by a task switch',
    others: [{ who: 'Intel manual', does: 'says that TF of the new task counts from its first instruction, and nothing of the one that left' }],
    here: 'does not report it in the new task', cite: 'SDM 3B "Single-Step Exception Condition"',
  },
  {
    id: 'task-check-order', title: 'which check of the new task\'s segment registers comes first when several would fail',
    others: [{ who: 'Intel manual', does: 'gives the order of the P6 family and allows others' }, { who: 'Bochs 2.7', does: 'looks at SS, then DS, ES, FS and GS, then CS' }],
    here: 'keeps the order of the P6 family', cite: 'SDM 3A "Task Switching"',
  },
  {
    id: 'redirection-map-absent', title: 'INT n under CR4.VME when the TSS does not hold the interrupt redirection bit map',
    others: [{ who: 'Intel manual', does: 'does not say' }, { who: 'Bochs 2.7', does: 'raises #GP(0)' }],
    here: 'raises #GP(0)', cite: 'SDM 3B "Class 3—Software Interrupt Handling in Virtual-8086 Mode"',
  },
  {
    id: 'program-vector-privilege', title: 'whether the vector table of a virtual-8086 program is read with its own rights',
    others: [{ who: 'Intel manual', does: 'does not say' }, { who: 'Bochs 2.7', does: 'reads it as a system table' }],
    here: 'reads it as a system table', cite: 'SDM 3B "Class 3—Software Interrupt Handling in Virtual-8086 Mode"',
  },
  {
    id: 'virtual-interrupt-boundary', title: 'an instruction that begins with VIF and VIP both set where CR4.VME or CR4.PVI makes them count',
    others: [{ who: 'Intel manual', does: 'raises #GP(0)' }, { who: 'Bochs 2.7', does: 'executes it' }],
    here: 'raises #GP(0)', cite: 'SDM 3B "Class 2—Maskable Hardware Interrupt Handling in Virtual-8086 Mode Using the Virtual Interrupt Mechanism"',
  },

  // paging
  {
    id: 'accessed-before-refusal', title: 'the accessed bit of a directory entry when the page table then has no entry that allows the access',
    others: [
      { who: 'Intel manual', does: 'sets it whenever the entry is used for a translation, which leaves this case open' }, { who: 'Bochs 2.7', does: 'leaves it as it was' },
      { who: 'QEMU 7.2', does: 'sets it' },
    ],
    here: 'leaves it as it was', cite: 'SDM 3A "Accessed and Dirty Flags"',
  },
  {
    id: 'pse36-width', title: 'bits 20:17 of a directory entry that maps 4 MBytes',
    others: [{ who: 'Intel manual', does: 'makes them part of the base where physical addresses have 40 bits, and reserves them with 36' }, { who: 'Bochs 2.7', does: 'uses them as bits 39:36 of the base' }],
    here: 'reserves them: physical addresses have 36 bits', cite: 'SDM 3A "32-Bit Paging"',
  },
  {
    id: 'nxe-change-flushes', title: 'translations that are cached when WRMSR changes EFER.NXE',
    others: [{ who: 'Intel manual', does: 'does not list it among the operations that invalidate them' }],
    here: 'drops them all', cite: 'SDM 3A "Operations that Invalidate TLBs and Paging-Structure Caches"',
  },
  {
    id: 'task-switch-pdptes', title: 'a task switch to a CR3 whose PDPTEs set reserved bits',
    others: [{ who: 'Intel manual', does: 'says that a fault while the new state is loaded may leave it corrupt' }, { who: 'Bochs 2.7', does: 'raises #GP(0) behind the point of no return' }],
    here: 'raises #GP(0) in the old task, with nothing changed', cite: 'SDM 3A "Task Switching"',
  },

  // debugging
  {
    id: 'debug-status-conditions', title: 'B0 to B3 of DR6 when a debug exception comes',
    others: [{ who: 'Intel manual', does: 'allows bits of breakpoints that are not enabled, and old bits to stay' }, { who: 'AMD manual', does: 'sets those of enabled breakpoints that were met, and clears the others' }],
    here: 'sets those of enabled breakpoints that were met, and clears the others', cite: 'SDM 3B "Debug Status Register (DR6)"',
  },
  {
    id: 'instruction-breakpoint-length', title: 'an instruction breakpoint whose LEN is not 0',
    others: [{ who: 'Intel manual', does: 'leaves it undefined' }, { who: 'QEMU 7.2', does: 'does not look at LEN' }],
    here: 'does not look at LEN', cite: 'SDM 3B "Debug Control Register (DR7)"',
  },
  {
    id: 'breakpoint-of-8-bytes', title: 'LEN = 10B of a data or I/O breakpoint',
    others: [{ who: 'Intel manual', does: 'calls it 8 bytes on later processors and undefined on earlier ones' }],
    here: 'watches 8 bytes on every model', cite: 'SDM 3B "Debug Control Register (DR7)"',
  },
  {
    id: 'io-breakpoint-without-de', title: 'an enabled breakpoint with R/W = 10B while CR4.DE is clear',
    others: [{ who: 'Intel manual', does: 'leaves it undefined' }],
    here: 'never meets it', cite: 'SDM 3B "Debug Control Register (DR7)"',
  },
  {
    id: 'breakpoint-on-delivery', title: 'a data breakpoint on the frame that an exception or external interrupt pushes',
    others: [{ who: 'Intel manual', does: 'says nothing of it' }, { who: 'Bochs 2.7', does: 'reports it in the handler' }],
    here: 'does not report it', cite: 'SDM 3B "Data Memory and I/O Breakpoint Exception Conditions"',
  },
  {
    id: 'nmi-behind-sti', title: 'an NMI right behind an STI that set IF',
    others: [{ who: 'Intel manual', does: 'lets processors block it or not' }],
    here: 'takes it after the next instruction', cite: 'SDM 2B "STI—Set Interrupt Flag"',
  },

  // identification and model-specific registers
  {
    id: 'cpuid-beyond-highest', title: 'CPUID for a leaf above the highest one',
    others: [{ who: 'Intel manual', does: 'answers as for the highest basic leaf' }, { who: 'AMD manual', does: 'answers zeros' }],
    here: 'answers as for the highest basic leaf', cite: 'SDM 2A "CPUID—CPU Identification"',
  },
  {
    id: 'unknown-msr', title: 'RDMSR and WRMSR of an MSR that is not there',
    others: [{ who: 'Intel manual', does: 'raises #GP(0)' }, { who: 'QEMU 7.2', does: 'reads 0 and ignores writes' }],
    here: 'raises #GP(0)', cite: 'SDM 2B "RDMSR—Read From Model Specific Register"',
  },
  {
    id: 'tsc-write-width', title: 'the high half of the time-stamp counter after WRMSR',
    others: [{ who: 'Pentium and P6', does: 'clear it: only the low half can be written' }, { who: 'later Intel processors', does: 'write all 64 bits' }],
    here: 'writes all 64 bits on every model', cite: 'SDM 3B "Time-Stamp Counter"',
  },
  {
    id: 'sysenter-msr-width', title: 'what WRMSR has in EDX for IA32_SYSENTER_CS, IA32_SYSENTER_ESP and IA32_SYSENTER_EIP',
    others: [{ who: 'P6', does: 'ignores it: the registers are 32 bits wide' }, { who: 'Intel 64 processors', does: 'keep it, if the address is canonical' }],
    here: 'ignores it', cite: 'SDM 2B "SYSENTER—Fast System Call"',
  },

  // x87
  {
    id: 'x87-denormal-load', title: 'FLD of a single or double denormal while the denormal exception is not masked',
    others: [{ who: 'Intel manual', does: 'leaves the stack as it was' }, { who: 'AMD processors', does: 'load it' }],
    here: 'loads it and reports the exception', cite: 'SDM 1 "Denormal Operand Exception (#D)"',
  },
  {
    id: 'x87-compare-direction', title: 'C1 after FCOMI, FCOMIP, FUCOMI and FUCOMIP',
    others: [{ who: 'Intel manual', does: 'clears it' }, { who: 'AMD processors', does: 'leave it as it was' }],
    here: 'clears it', cite: 'SDM 2A "FCOMI/FCOMIP/FUCOMI/FUCOMIP—Compare Floating Point Values and Set EFLAGS"',
  },
  {
    id: 'x87-store-alias', title: 'the undocumented D9 D8+i when ST0 is empty',
    others: [{ who: 'AMD processors', does: 'pop and report nothing' }, { who: 'Bochs 2.7', does: 'reports a stack underflow, as for FSTP' }],
    here: 'pops and reports nothing', cite: 'SDM 2D "Escape Opcode Instructions"',
  },
  {
    id: 'x87-packed-digits', title: 'FBLD of digits above 9',
    others: [{ who: 'Intel manual', does: 'leaves the result undefined' }, { who: 'AMD processors', does: 'count each digit by its value' }],
    here: 'counts each digit by its value', cite: 'SDM 2A "FBLD—Load Binary Coded Decimal"',
  },
  {
    id: 'x87-remainder-step', title: 'how far FPREM and FPREM1 go in one step when the exponents differ by 64 or more',
    others: [{ who: 'Intel manual', does: 'allows any step of 32 to 63 bits' }],
    here: 'takes 32 bits and the difference modulo 32', cite: 'SDM 2A "FPREM—Partial Remainder"',
  },
  {
    id: 'x87-function-range', title: 'F2XM1 and FYL2XP1 of an operand outside their range',
    others: [{ who: 'Intel manual', does: 'leaves the result undefined' }, { who: 'AMD processors', does: 'leave ST0 as it was in F2XM1, and in FYL2XP1 for -1 and less' }],
    here: 'does what AMD processors do', cite: 'SDM 2A "F2XM1—Compute 2^x–1"',
  },
  {
    id: 'x87-pointers', title: 'the instruction and operand pointers that FNSTENV, FNSAVE and FXSAVE store',
    others: [{ who: 'Intel processors', does: 'may keep opcode and operand pointer for instructions with an unmasked exception alone, and store no selectors' }, { who: 'AMD processors', does: 'store them by FXSAVE only while an exception is pending' }],
    here: 'stores those of the last instruction that is no control instruction', cite: 'SDM 1 "x87 FPU Instruction and Data (Operand) Pointers"',
  },
  {
    id: 'fxsave-without-os-support', title: 'XMM registers in FXSAVE and FXRSTOR while CR4.OSFXSR is 0',
    others: [{ who: 'Intel manual', does: 'leaves open whether they are saved and restored' }],
    here: 'leaves them out', cite: 'SDM 2A "FXSAVE—Save x87 FPU, MMX Technology, and SSE State"',
  },
  {
    id: 'fxsave-alignment-check', title: 'FXSAVE and FXRSTOR with an operand that is not aligned, while alignment is checked',
    others: [{ who: 'Intel manual', does: 'lets #AC come before #GP for any width of misalignment, or never' }, { who: 'AMD processors', does: 'raise #AC where it is not aligned to 4 bytes' }],
    here: 'raises #AC where it is not aligned to 4 bytes, otherwise #GP', cite: 'SDM 2A "FXSAVE—Save x87 FPU, MMX Technology, and SSE State"',
  },
  {
    id: 'x87-error-line', title: 'when FERR# is asserted while CR0.NE is 0',
    others: [{ who: 'Intel manual', does: 'defers it to the next waiting instruction for some errors' }, { who: 'Bochs 2.7', does: 'asserts it at the next waiting instruction and executes that' }],
    here: 'asserts it with the error', cite: 'SDM 1 "MS-DOS* Compatibility Sub-mode"',
  },

  // MMX and SSE
  {
    id: 'wide-alignment-check', title: 'alignment checking of MOVUPS, MOVUPD, MOVDQU and LDDQU',
    others: [{ who: 'Intel manual', does: 'leaves open whether an operand that is not aligned to 8 or 16 bytes is noticed' }, { who: 'AMD processors', does: 'notice operands that are not aligned to 16 bytes' }],
    here: 'notices operands that are not aligned to 16 bytes', cite: 'SDM 3A "Interrupt 17—Alignment Check Exception (#AC)"',
  },
  {
    id: 'masked-store-checks', title: 'which bytes MASKMOVQ and MASKMOVDQU check before they write',
    others: [{ who: 'Intel manual', does: 'leaves exceptions for bytes that are not written to the implementation' }, { who: 'Bochs 2.7', does: 'checks all bytes unless the mask is zero' }],
    here: 'checks the bytes that are written', cite: 'SDM 2B "MASKMOVDQU—Store Selected Bytes of Double Quadword"',
  },
  {
    id: 'mmx-transition-before-exception', title: 'the x87 state behind a conversion between MMX and XMM registers that raises #XM',
    others: [{ who: 'Intel manual', does: 'leaves it open' }, { who: 'AMD processors', does: 'have TOP 0 and all tags valid already' }],
    here: 'leaves it as it was', cite: 'SDM 3A "Interrupt 19—SIMD Floating-Point Exception (#XM)"',
  },
  {
    id: 'reciprocal-approximation', title: 'the results of RCPPS, RCPSS, RSQRTPS and RSQRTSS',
    others: [{ who: 'Intel manual', does: 'bounds the relative error by 1.5 * 2^-12' }, { who: 'AMD manual', does: 'bounds it alike; the values differ' }],
    here: 'rounds the exact value to 12 bits', cite: 'SDM 2B "RCPPS—Compute Reciprocals of Packed Single Precision Floating-Point Values"',
  },
] as const satisfies readonly VendorDifference[];

export type DifferenceId = (typeof VENDOR_DIFFERENCES)[number]['id'];

const codes = new Map<string, number>(VENDOR_DIFFERENCES.map((one, code) => [one.id, code]));

/** Code of a difference, for `differ(cpu, difference('bit-scan-of-zero'))`; evaluate once per module. */
export function difference(id: DifferenceId): number {
  return codes.get(id) ?? -1;
}

/** The difference of a code, or null. */
export function differenceOf(code: number): VendorDifference | null {
  return VENDOR_DIFFERENCES[code] ?? null;
}

/** One sentence without a full stop: `…: here it …; Bochs 2.7 …`. */
export function differenceText({ title, others, here }: VendorDifference): string {
  return `${title}: Ringscope ${here}; ${others.map(({ who, does }) => `${who} ${does}`).join('; ')}`;
}
