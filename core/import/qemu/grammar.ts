// Every line QEMU's TCG writes for -d int, cpu_reset, cpu, exec, in_asm, mmu and -trace, as far as the source of QEMU 7.2 says (older and
// newer spellings included). docs/importing.md explains the table. What each dump line means for the register file: dump.ts.

import type { RuleSpec } from '../grammar.ts';

const RECORD = '<s><d>: v=<h2> e=<h4-8> i=<0-1> cpl=<0-3> IP=<h4>:<h8|16> pc=<h8|16> SP=<h4>:<h8|16> ';
const FLAGS = '[<?><?><?><?><?><?><?>] CPL=<0-3> II=<0-1> A20=<0-1> SMM=<0-1> HLT=<0-1>';
const segment = (name: string): string[] => [`${name}=<h4> <h8|16> <h8> <h8>`, `${name}=<h4> <h8|16> <h8> <h8> DPL=<0-3> <any>`];

export const QEMU_RULES = [
  { id: 'record', title: 'an interrupt or exception, before its delivery', class: 'event', patterns: [`${RECORD}CR2=<h8|16>`, `${RECORD}env->regs[R_EAX]=<h8|16>`, `${RECORD}EAX=<h8|16>`] },
  { id: 'check-exception', title: 'an exception is raised', class: 'event', patterns: ['check_exception old: 0x<h+> new 0x<h+>'] },
  { id: 'hardware', title: 'an external interrupt is taken', class: 'event', patterns: ['Servicing hardware INT=0x<h2>', 'Servicing virtual hardware INT=0x<h2>'] },
  { id: 'smm-enter', title: 'system management mode is entered (folded)', class: 'event', patterns: ['SMM: enter'] },
  { id: 'smm-leave', title: 'system management mode is left (folded)', class: 'event', patterns: ['SMM: after RSM'] },
  { id: 'triple-fault', title: 'the processor shuts down', class: 'event', patterns: ['Triple fault'] },
  { id: 'reset', title: 'a processor is reset (folded)', class: 'event', patterns: ['CPU Reset (CPU <d>)'] },

  {
    id: 'general-registers', title: 'register dump: general registers', class: 'context', patterns: [
      'EAX=<h8> EBX=<h8> ECX=<h8> EDX=<h8>', 'ESI=<h8> EDI=<h8> EBP=<h8> ESP=<h8>', 'RAX=<h16> RBX=<h16> RCX=<h16> RDX=<h16>',
      'RSI=<h16> RDI=<h16> RBP=<h16> RSP=<h16>', 'R8 =<h16> R9 =<h16> R10=<h16> R11=<h16>', 'R12=<h16> R13=<h16> R14=<h16> R15=<h16>',
    ],
  },
  { id: 'instruction-pointer', title: 'register dump: instruction pointer and flags', class: 'context', patterns: [`EIP=<h8> EFL=<h8> ${FLAGS}`, `RIP=<h16> RFL=<h8> ${FLAGS}`] },
  { id: 'segment', title: 'register dump: segment registers', class: 'context', patterns: ['ES ', 'CS ', 'SS ', 'DS ', 'FS ', 'GS ', 'LDT', 'TR '].flatMap(segment) },
  { id: 'table-register', title: 'register dump: GDTR and IDTR', class: 'context', patterns: ['GDT=<s><h8|16> <h8>', 'IDT=<s><h8|16> <h8>'] },
  { id: 'control-registers', title: 'register dump: control registers', class: 'context', patterns: ['CR0=<h8> CR2=<h8|16> CR3=<h8|16> CR4=<h8>'] },
  { id: 'debug-registers', title: 'register dump: debug registers', class: 'context', patterns: ['DR0=<h8|16> DR1=<h8|16> DR2=<h8|16> DR3=<h8|16><s>', 'DR6=<h8|16> DR7=<h8|16>'] },
  { id: 'efer', title: 'register dump: IA32_EFER', class: 'context', patterns: ['EFER=<h16>'] },
  { id: 'condition-codes', title: 'register dump: QEMU\'s lazy flags (the flags register has them)', class: 'ignored', patterns: ['CCS=<h8|16> CCD=<h8|16> CCO=<any>'] },
  {
    id: 'fpu', title: 'register dump: FPU and vector registers', class: 'ignored', patterns: [
      'FCW=<h4> FSW=<h4> [ST=<0-7>] FTW=<h2> MXCSR=<h8>', 'FPR<0-7>=<any>', 'XMM<d>=<any>', 'YMM<d>=<any>', 'ZMM<d>=<any>', 'Opmask<d>=<any>',
    ],
  },

  {
    id: 'exec', title: '-d exec: a translation block is executed', class: 'ignored',
    patterns: ['Trace <d>: 0x<h+> [<h+>/<h+>/<h8>/<h8>]<any>', 'Trace <d>: 0x<h+> [<h+>/<h+>/<h+>]<any>', 'Trace <d>: 0x<h+> [<h+>]<any>', 'Trace 0x<h+> [<h+>]<any>'],
  },
  { id: 'exec-chain', title: '-d exec: translation blocks are linked or stopped', class: 'ignored', patterns: ['Stopped execution of TB chain before <any>', 'Linking TBs <any>', 'cpu_io_recompile: <any>'] },
  { id: 'in-asm', title: '-d in_asm: code that is translated', class: 'ignored', patterns: ['<->', 'IN:<any>', '0x<h8|16>:<any>', 'OBJD-T: <any>', 'Priority: <any>', ''] },
  { id: 'mmu', title: '-d mmu: a control register or the A20 line is written', class: 'ignored', patterns: ['CR0 update: CR0=0x<h8>', 'CR3 update: CR3=<h+>', 'CR4 update: CR4=<h+>', 'A20 update: a20=<0-1>'] },
  {
    id: 'pcall', title: '-d pcall: a far transfer or task switch', class: 'ignored',
    patterns: ['lcall <h4>:<h8|16> s=<d>', 'lret new <h4>:<h8|16> s=<d> addend=0x<h+>', 'switch_tss: sel=0x<h4> type=<d> src=<d>', 'desc=<h8>:<h8>', 'new ss:esp=<h4>:<any>'],
  },
  {
    id: 'guest-error', title: '-d guest_errors: an access nobody answers', class: 'ignored',
    patterns: ['Invalid access at addr 0x<any>', 'Invalid read at addr 0x<any>', 'Invalid write at addr 0x<any>'],
  },
  { id: 'trace', title: '-trace: an event of a device', class: 'ignored', patterns: ['<d>@<d>.<d>:<w> <any>', '<w!check_exception> <any>'] },
] as const satisfies readonly RuleSpec[];

export type QemuRuleId = (typeof QEMU_RULES)[number]['id'];
