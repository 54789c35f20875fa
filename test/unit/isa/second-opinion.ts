// iced-x86 as a second opinion on decoding: whether bytes are an instruction, how long it is, and how it reads. Where the two differ and the
// manual is on our side, an excuse says so: a predicate with its section, which must excuse something and is printed with its count.

import { createRequire } from 'node:module';
import { decode, type DecodeResult } from '../../../core/isa/decoder.ts';
import { disassemble } from '../../../core/isa/disassembler.ts';
import type { BitWidth } from '../../../core/isa/insn.ts';
import type * as Iced from 'iced-x86';

const iced = createRequire(import.meta.url)('iced-x86') as typeof Iced;
const { CpuidFeature, DecoderOptions, FormatterSyntax, Code, Mnemonic } = iced;
const IP = 0x1000;

// TZCNT and LZCNT are BSF and BSR with an ignored prefix on processors without BMI (SDM 2B "TZCNT"), WBNOINVD is WBINVD; test registers are decoded.
const OPTIONS = DecoderOptions.MovTr | DecoderOptions.NoMPFX_0FBC | DecoderOptions.NoMPFX_0FBD | DecoderOptions.NoWbnoinvd;

/** Features whose instructions must have rows. */
const FEATURES = new Set([
  'INTEL8086', 'INTEL8086_ONLY', 'INTEL186', 'INTEL286', 'INTEL286_ONLY', 'INTEL386', 'INTEL386_ONLY', 'INTEL386_486_ONLY', 'INTEL486', 'X64', 'FPU', 'FPU287', 'FPU387', 'CMOV', 'CX8', 'CPUID', 'MSR', 'TSC',
  'RDPMC', 'RSM', 'SEP', 'SYSCALL', 'MMX', 'SSE', 'SSE2', 'SSE3', 'MULTIBYTENOP', 'PAUSE', 'FXSR', 'CLFSH', 'SMAP', 'XSAVE', 'XSAVEOPT', 'CLFLUSHOPT', 'RDRAND', 'RDSEED', 'RDTSCP',
  'MONITOR', 'POPCNT', 'PREFETCHW', 'PREFETCHWT1', 'CET_IBT', 'SMX', 'MOV_TR',
]);

/** The name of the instruction they see, its features, our result, and the bytes. */
interface Case { readonly name: string; readonly features: readonly string[]; readonly ours: DecodeResult; readonly bytes: Uint8Array; readonly bits: BitWidth }
interface Excuse { readonly id: string; readonly cite: string; readonly covers: (one: Case) => boolean }

/** What iced takes for an instruction, or reads at another length, and we do not. */
const EXCUSES: readonly Excuse[] = [
  {
    id: 'an extension no model has raises #UD', cite: 'SDM 3A "Interrupt 6—Invalid Opcode Exception (#UD)"',
    covers: ({ ours, features }) => ours.kind !== 'insn' && features.some((feature) => !FEATURES.has(feature)),
  },
  { id: 'LOCK MOV CR0 is MOV CR8 on AMD', cite: 'APM 3 "MOV CRn"', covers: ({ name, ours, bytes }) => ours.kind !== 'insn' && name === 'Mov' && bytes.includes(0xf0) },
  { id: 'there are no test registers TR0 to TR2', cite: 'i486 Manual "Test Registers"', covers: ({ features, ours }) => ours.kind === 'invalid' && features.includes('MOV_TR') },
];

const formatter = new iced.Formatter(FormatterSyntax.Nasm);
Object.assign(formatter, {
  hexPrefix: '0x', hexSuffix: '', uppercaseHex: false, spaceAfterOperandSeparator: true, smallHexNumbersInDecimal: false, showBranchSize: false,
  branchLeadingZeros: false, addLeadingZeroToHexNumbers: false, digitSeparator: '',
});

// What the two write differently without meaning anything else: hints (RDSSP is one without CET), sizes a register shows, prefixes without effect, pseudo-operands.
function normal(text: string): string {
  return text
    .replace(/\b(byte|word|dword|qword|tword|oword|near|short|far) ?/g, '')
    .replace(/^((lock|rep|repe|repne|bnd|xacquire|xrelease|notrack|cs|ds|es|ss|fs|gs|o16|o32|a16|a32) )+/, '')
    .replace(/^(popa|pusha|popf|pushf|iret)[dw]$/, '$1').replace(/^(retf?)[wd]/, '$1')
    .replace(/^(loop\w*|jcxz) (0x[0-9a-f]+), e?cx$/, '$1 $2')
    .replace(/^imul (\w+), \1, /, 'imul $1, ')
    .replace(/^xchg (.+), (.+)$/, (_, a: string, b: string) => `xchg ${[a, b].sort().join(', ')}`)
    .replace(/^xchg e?ax, e?ax$/, 'nop').replace(/^(aam|aad) 0xa$/, '$1').replace(/^(f\w+) to /, '$1 ')
    .replace(/^(nop|prefetch\w*|cldemote|rdsspd|rdsspq|endbr\w+)\b.*$/, 'hint')
    .replace(/^cmp(eq|lt|le|unord|neq|nlt|nle|ord)([ps][sd]) (.*)$/, 'cmp$2 $3').replace(/^(cmp[ps][sd] .*), 0x\w+$/, '$1')
    .replace(/^lea (.*)\[(\w\w:)/, 'lea $1[')
    .replace(/^(f\w+) st0, (st\d)$/, '$1 $2').replace(/^(f\w+) (st\d), st0$/, '$1 $2')
    .replace(/^(enter|push|add|or|adc|sbb|and|sub|xor|cmp|imul)\b(.*), 0x(ffff|ffffff)([89a-f]\w)$/, '$1$2, signed $4')
    .replace(/^(push) 0x(ffff|ffffff)([89a-f]\w)$/, '$1 signed $3').replace(/^(push) -0x(\w+)$/, (_, op: string, hex: string) => `${op} signed ${(256 - parseInt(hex, 16)).toString(16)}`)
    .replace(/, -0x([0-9a-f]{1,2})$/, (_, hex: string) => `, signed ${(256 - parseInt(hex, 16)).toString(16)}`)
    .replace(/^(f\w+) st1$/, '$1').replace(/\s+/g, ' ').trim();
}

const hexOf = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');

/** Holds both decoders against each other, and counts. Text is compared in 16- and 32-bit code. */
export class SecondOpinion {
  readonly excused = new Map<string, number>(EXCUSES.map((one) => [one.id, 0]));
  readonly differences: string[] = [];
  compared = 0;
  /** Bytes both take for an instruction. */
  agreed = 0;
  readonly #theirs = new iced.Instruction();

  compare(bytes: Uint8Array, bits: BitWidth): void {
    this.compared += 1;
    const decoder = new iced.Decoder(bits, bytes, OPTIONS);
    decoder.ip = BigInt(IP);
    decoder.decodeOut(this.#theirs);
    decoder.free();
    const found = this.#difference(decode(bytes, bits), bytes, bits);
    if (found !== null && this.differences.length < 20) this.differences.push(`${String(bits)}-bit ${hexOf(bytes)}: ${found}`);
  }

  /** One line for a log: what was compared, and what each excuse covered. */
  report(): string {
    const excused = EXCUSES.map(({ id, cite }) => `  ${String(this.excused.get(id) ?? 0)} excused: ${id} (${cite})`);
    return [`${String(this.compared)} byte strings compared with iced-x86, ${String(this.agreed)} of them instructions for both`, ...excused].join('\n');
  }

  #difference(ours: DecodeResult, bytes: Uint8Array, bits: BitWidth): string | null {
    const theirs = this.#theirs;
    const isTheirs = theirs.code !== Code.INVALID;
    if (!isTheirs) return ours.kind === 'insn' ? `${disassemble(ours.insn, { ip: IP })} here, invalid there` : null;
    if (ours.kind !== 'insn' || ours.insn.lengthBytes !== theirs.length) {
      const one: Case = { name: Mnemonic[theirs.mnemonic], features: [...theirs.cpuidFeatures()].map((feature) => CpuidFeature[feature] ?? '?'), ours, bytes, bits };
      const excuse = EXCUSES.find(({ covers }) => covers(one));
      if (excuse === undefined) return `${ours.kind === 'insn' ? `length ${String(ours.insn.lengthBytes)}` : ours.kind} here, ${formatter.format(theirs)} of length ${String(theirs.length)} there`;
      this.excused.set(excuse.id, this.excused.get(excuse.id)! + 1);
      return null;
    }
    this.agreed += 1;
    if (bits === 64) return null;
    const [here, there] = [normal(disassemble(ours.insn, { ip: IP })), normal(formatter.format(theirs))];
    return here === there ? null : `${here} here, ${there} there`;
  }
}

/** A repeatable stream of 32-bit numbers (xorshift). */
export function numbers(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const PREFIXES = [0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x2e, 0x36, 0x64, 0x26, 0x3e, 0x65, 0x48, 0x41];
/** Random bytes behind up to four prefixes, half of them of the two-byte map. */
export function* randomBytes(seed: number, count: number): Iterable<Uint8Array> {
  const next = numbers(seed);
  for (let sample = 0; sample < count; sample += 1) {
    const bytes = Uint8Array.from({ length: 16 }, () => next() & 0xff);
    let at = 0;
    while (next() % 3 === 0 && at < 4) { bytes[at] = PREFIXES[next() % PREFIXES.length]!; at += 1; }
    if (next() % 2 === 0) bytes[at] = 0x0f;
    yield bytes;
  }
}

/** Prefixes in the combinations that decide something, REX among them; in 16- and 32-bit code a REX is INC or DEC. */
const COMBINATIONS: readonly (readonly number[])[] = [[], [0x66], [0x67], [0xf2], [0xf3], [0xf0], [0x66, 0xf2], [0x66, 0xf3], [0xf2, 0xf3], [0xf0, 0x66, 0x67], [0x2e], [0x64, 0xf0], [0x48], [0x66, 0x48], [0x41], [0x48, 0x66]];
/** Every opcode of the one-byte and two-byte maps, with every `stride`th ModRM byte (another one each time) and each combination of prefixes. */
export function* everyForm(seed: number, stride: number): Iterable<Uint8Array> {
  const next = numbers(seed);
  for (const prefixes of COMBINATIONS) for (let opcode = 0; opcode < 512; opcode += 1) {
    for (let modrm = next() % stride; modrm < 256; modrm += stride) {
      const bytes = Uint8Array.from({ length: 20 }, () => next() & 0xff);
      bytes.set([...prefixes, ...(opcode < 256 ? [] : [0x0f]), opcode & 0xff, modrm]);
      yield bytes;
    }
  }
}
