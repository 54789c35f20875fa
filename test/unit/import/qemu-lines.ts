// Writes QEMU log lines as target/i386 prints them, for fixtures: a record, a dump in the 32- or 64-bit form, and the lines around them.

export interface DumpFacts {
  readonly cpl?: number; readonly ip?: bigint; readonly cs?: number; readonly ss?: number; readonly sp?: bigint; readonly flags?: number;
  readonly cr0?: number; readonly cr2?: bigint; readonly cr3?: bigint; readonly cr4?: number; readonly efer?: number;
  readonly tr?: bigint; readonly gdt?: bigint; readonly rax?: bigint;
  /** 64: the RAX form; 32: the EAX form. `wide`: a 64-bit build, whatever the form. */
  readonly form?: 32 | 64; readonly isWide?: boolean;
}

const hex = (value: bigint | number, digits: number): string => value.toString(16).padStart(digits, '0');

/** The lines of a register dump, each with its end. */
export function dump(facts: DumpFacts = {}): string {
  const { cpl = 0, ip = 0x1000n, cs = 8, ss = 0x10, sp = 0x8000n, flags = 2, cr0 = 0x11, cr2 = 0n, cr3 = 0n, cr4 = 0, efer = 0, tr = 0x3000n, gdt = 0x1000n, rax = 0n, form = 32 } = facts;
  const isWide = facts.isWide ?? form === 64, long = (efer & 0x400) !== 0;
  const base = (value: bigint): string => hex(value, long && form === 64 ? 16 : 8), wide = (value: bigint): string => hex(value, long ? 16 : 8), debug = (value: bigint): string => hex(value, isWide ? 16 : 8);
  const flag = `[-------] CPL=${String(cpl)} II=0 A20=1 SMM=0 HLT=0`;
  const code = cpl === 3 ? (form === 64 ? '00affb00 DPL=3 CS64 [-RA]' : '00cffb00 DPL=3 CS32 [-RA]') : form === 64 ? '00af9b00 DPL=0 CS64 [-RA]' : '00cf9b00 DPL=0 CS32 [-RA]';
  const data = cpl === 3 ? '00cff300 DPL=3 DS   [-WA]' : '00cf9300 DPL=0 DS   [-WA]';
  const zero = '0'.repeat(16);
  const general = form === 64
    ? [
      `RAX=${hex(rax, 16)} RBX=${zero} RCX=${zero} RDX=${zero}`, `RSI=${zero} RDI=${zero} RBP=${zero} RSP=${hex(sp, 16)}`, `R8 =${zero} R9 =${zero} R10=${zero} R11=${zero}`,
      `R12=${zero} R13=${zero} R14=${zero} R15=${hex(0x1234_5678_9abc_def0n, 16)}`, `RIP=${hex(ip, 16)} RFL=${hex(flags, 8)} ${flag}`,
    ]
    : [`EAX=${hex(rax, 8)} EBX=00000000 ECX=00000000 EDX=00000000`, `ESI=00000000 EDI=00000000 EBP=00000000 ESP=${hex(sp, 8)}`, `EIP=${hex(ip, 8)} EFL=${hex(flags, 8)} ${flag}`];
  return [
    ...general, ...['ES', 'CS', 'SS', 'DS', 'FS', 'GS'].map((name) => `${name} =${hex(name === 'CS' ? cs : ss, 4)} ${base(0n)} ffffffff ${name === 'CS' ? code : data}`),
    `LDT=0000 ${base(0n)} 00000000 00000000`, `TR =0028 ${base(tr)} 00000067 00008b00 DPL=0 TSS32-busy`, `GDT=     ${wide(gdt)} 0000003f`, `IDT=     ${wide(0x2000n)} 000007ff`,
    `CR0=${hex(cr0, 8)} CR2=${wide(cr2)} CR3=${wide(cr3)} CR4=${hex(cr4, 8)}`, `DR0=${debug(0n)} DR1=${debug(0n)} DR2=${debug(0n)} DR3=${debug(0n)} `, `DR6=${debug(0xffff0ff0n)} DR7=${debug(0x400n)}`,
    `CCS=${debug(0n)} CCD=${debug(0n)} CCO=EFLAGS`, `EFER=${hex(efer, 16)}`, '',
  ].join('\n');
}

export interface RecordFacts extends DumpFacts {
  readonly count: number; readonly vector: number; readonly errorCode?: number; readonly isSoftware?: boolean;
  /** How the last field is spelled when the vector is not 14. */
  readonly tail?: 'env->regs[R_EAX]' | 'EAX';
  readonly hasDump?: boolean;
}

/** An INT record with its dump. */
export function record(facts: RecordFacts): string {
  const { count, vector, errorCode = 0, isSoftware = false, cpl = 0, ip = 0x1000n, cs = 8, ss = 0x10, sp = 0x8000n, cr2 = 0n, rax = 0n, form = 32, tail = 'env->regs[R_EAX]' } = facts;
  const digits = facts.isWide ?? form === 64 ? 16 : 8;
  const last = vector === 14 ? `CR2=${hex(cr2, digits)}` : `${tail}=${hex(rax, digits)}`;
  const head = `${String(count).padStart(6)}: v=${hex(vector, 2)} e=${hex(errorCode, 4)} i=${isSoftware ? '1' : '0'} cpl=${String(cpl)} IP=${hex(cs, 4)}:${hex(ip, digits)} pc=${hex(ip, digits)} SP=${hex(ss, 4)}:${hex(sp, digits)} ${last}\n`;
  return facts.hasDump === false ? head : head + dump(facts);
}

/** `check_exception`, with nothing being delivered unless `old` says so. */
export const check = (raised: number, old = 0xffff_ffff): string => `check_exception old: 0x${hex(old, 1)} new 0x${hex(raised, 1)}\n`;
export const hardware = (vector: number): string => `Servicing hardware INT=0x${hex(vector, 2)}\n`;
export const reset = (cpu = 0): string => `CPU Reset (CPU ${String(cpu)})\n${dump({ cs: 0xf000, ip: 0xfff0n, cr0: 0x6000_0010, tr: 0n, gdt: 0n, ss: 0, sp: 0n })}`;
export const smm = (): string => `SMM: enter\n${dump()}SMM: after RSM\n${dump()}`;

/** Ring 3 of the fixtures. */
export const USER = { cpl: 3, cs: 0x1b, ss: 0x23, sp: 0x4000n, ip: 0x40_0000n } as const;
export const USER_64 = { cpl: 3, cs: 0x33, ss: 0x2b, sp: 0x7fff_ffff_e000n, ip: 0x40_0000n, form: 64, efer: 0xd01, cr0: 0x8005_0033, cr4: 0x6f0 } as const;
export const KERNEL_64 = { cpl: 0, cs: 0x10, ss: 0x18, sp: 0xffff_c900_0000_3f00n, ip: 0xffff_ffff_8100_0000n, form: 64, efer: 0xd01, cr0: 0x8005_0033, cr4: 0x6f0 } as const;
