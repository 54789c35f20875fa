// The decoder against a second opinion: iced-x86 on random and structured bytes. They agree on validity, length and text,
// or the difference is one of the exceptions listed here with its reason.
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../core/isa/decoder.ts';
import { disassemble } from '../../../core/isa/disassembler.ts';
import type { BitWidth } from '../../../core/isa/insn.ts';
import type * as Iced from 'iced-x86';

const iced = createRequire(import.meta.url)('iced-x86') as typeof Iced;
const { CpuidFeature, DecoderOptions, FormatterSyntax, Code, Mnemonic } = iced;
const IP = 0x1000;

// TZCNT and LZCNT are BSF and BSR with an ignored prefix on processors without BMI (SDM 2B "TZCNT"); the rest names no encoding differently.
const OPTIONS = DecoderOptions.MovTr | DecoderOptions.NoMPFX_0FBC | DecoderOptions.NoMPFX_0FBD | DecoderOptions.NoWbnoinvd;

/** Features whose instructions must have rows. Everything later is #UD here, as on a processor without it (SDM 3A "Interrupt 6"). */
const FEATURES = new Set([
  'INTEL8086', 'INTEL8086_ONLY', 'INTEL186', 'INTEL286', 'INTEL286_ONLY', 'INTEL386', 'INTEL386_ONLY', 'INTEL486', 'FPU', 'FPU287', 'FPU387', 'CMOV', 'CX8',
  'CPUID', 'MSR', 'TSC', 'RDPMC', 'RSM', 'SEP', 'SYSCALL', 'MMX', 'SSE', 'SSE2', 'SSE3', 'MULTIBYTENOP', 'PAUSE', 'FXSR', 'CLFSH', 'SMAP', 'XSAVE', 'XSAVEOPT',
  'CLFLUSHOPT', 'RDRAND', 'RDSEED', 'RDTSCP', 'MONITOR', 'POPCNT', 'PREFETCHW', 'PREFETCHWT1', 'CET_IBT', 'SMX',
]);
/** Valid for iced, #UD here, although the feature is above. */
const WE_REFUSE: Readonly<Record<string, string>> = {
  Fstdw: 'an alias of the 287 alone', Fstsg: 'an alias of the 287 alone', Fnsetpm: 'an alias of the 287 alone',
  Mov: 'LOCK MOV CR0 is MOV CR8 on AMD in 32-bit code (APM 3 "MOV CRn"); the model does not have it',
  Monitorx: 'AMD MWAITX',
};
/** Valid here, refused by iced. */
const WE_ACCEPT: Readonly<Record<string, string>> = {};

/** A repeatable stream of 32-bit numbers (xorshift). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const formatter = new iced.Formatter(FormatterSyntax.Nasm);
Object.assign(formatter, {
  hexPrefix: '0x', hexSuffix: '', uppercaseHex: false, spaceAfterOperandSeparator: true, smallHexNumbersInDecimal: false, showBranchSize: false,
  branchLeadingZeros: false, addLeadingZeroToHexNumbers: false, digitSeparator: '',
});

// What the two write differently without meaning anything else: sizes a register shows, prefixes without effect, pseudo-operands.
function normal(text: string): string {
  return text
    .replace(/\b(byte|word|dword|qword|tword|oword|near|short|far) ?/g, '')
    .replace(/^((lock|rep|repe|repne|bnd|xacquire|xrelease|notrack|cs|ds|es|ss|fs|gs|o16|o32|a16|a32) )+/, '')
    .replace(/^(popa|pusha|popf|pushf|iret)[dw]$/, '$1').replace(/^(retf?)[wd]/, '$1')
    .replace(/^(loop\w*|jcxz) (0x[0-9a-f]+), e?cx$/, '$1 $2')
    .replace(/^imul (\w+), \1, /, 'imul $1, ')
    .replace(/^xchg (.+), (.+)$/, (_, a: string, b: string) => `xchg ${[a, b].sort().join(', ')}`)
    .replace(/^xchg e?ax, e?ax$/, 'nop').replace(/^(aam|aad) 0xa$/, '$1').replace(/^(f\w+) to /, '$1 ')
    .replace(/^(nop|prefetch\w*|cldemote|endbr\w+)\b.*$/, 'hint')
    .replace(/^cmp(eq|lt|le|unord|neq|nlt|nle|ord)([ps][sd]) (.*)$/, 'cmp$2 $3').replace(/^(cmp[ps][sd] .*), 0x\w+$/, '$1')
    .replace(/^lea (.*)\[(\w\w:)/, 'lea $1[')
    .replace(/^(f\w+) st0, (st\d)$/, '$1 $2').replace(/^(f\w+) (st\d), st0$/, '$1 $2')
    .replace(/^(enter|push|add|or|adc|sbb|and|sub|xor|cmp|imul)\b(.*), 0x(ffff|ffffff)([89a-f]\w)$/, '$1$2, signed $4')
    .replace(/^(push) 0x(ffff|ffffff)([89a-f]\w)$/, '$1 signed $3').replace(/^(push) -0x(\w+)$/, (_, op: string, hex: string) => `${op} signed ${(256 - parseInt(hex, 16)).toString(16)}`)
    .replace(/, -0x([0-9a-f]{1,2})$/, (_, hex: string) => `, signed ${(256 - parseInt(hex, 16)).toString(16)}`)
    .replace(/^(f\w+) st1$/, '$1').replace(/\s+/g, ' ').trim();
}

/** Null when both agree on these bytes, otherwise one line saying how they differ. */
function difference(bytes: Uint8Array, bits: BitWidth): string | null {
  const decoder = new iced.Decoder(bits, bytes, OPTIONS);
  const theirs = new iced.Instruction();
  try {
    decoder.ip = BigInt(IP);
    decoder.decodeOut(theirs);
    const ours = decode(bytes, bits);
    const isTheirsValid = theirs.code !== Code.INVALID;
    const name = Mnemonic[theirs.mnemonic];
    if (ours.kind !== 'insn') {
      if (!isTheirsValid || name in WE_REFUSE || !isModelled(theirs)) return null;
      return `${ours.kind} here, ${formatter.format(theirs)} there`;
    }
    if (!isTheirsValid) return ours.insn.mnemonic in WE_ACCEPT ? null : `${disassemble(ours.insn, { ip: IP })} here, invalid there`;
    if (ours.insn.lengthBytes !== theirs.length) return `length ${ours.insn.lengthBytes} here, ${theirs.length} there: ${formatter.format(theirs)}`;
    const [here, there] = [normal(disassemble(ours.insn, { ip: IP })), normal(formatter.format(theirs))];
    return here === there ? null : `${here} here, ${there} there`;
  } finally {
    decoder.free();
    theirs.free();
  }
}

function isModelled(instruction: Iced.Instruction): boolean {
  return [...instruction.cpuidFeatures()].every((feature) => FEATURES.has(CpuidFeature[feature] ?? '?'));
}

const hexOf = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');

function expectAgreement(samples: Iterable<Uint8Array>, bits: BitWidth): void {
  const differences: string[] = [];
  let count = 0;
  for (const bytes of samples) {
    count += 1;
    const found = difference(bytes, bits);
    if (found !== null && differences.length < 20) differences.push(`${hexOf(bytes)}: ${found}`);
  }
  expect(count).toBeGreaterThan(1000);
  expect(differences).toEqual([]);
}

const PREFIXES = [0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x2e, 0x36, 0x64];
function* random(seed: number, count: number): Iterable<Uint8Array> {
  const next = numbers(seed);
  for (let sample = 0; sample < count; sample += 1) {
    const bytes = Uint8Array.from({ length: 16 }, () => next() & 0xff);
    let at = 0;
    while (next() % 3 === 0 && at < 4) { bytes[at] = PREFIXES[next() % 8]!; at += 1; }
    if (next() % 2 === 0) bytes[at] = 0x0f;
    yield bytes;
  }
}

/** Every opcode of the one-byte and two-byte maps with every ModRM byte, and with each prefix a few. */
function* everyForm(): Iterable<Uint8Array> {
  const next = numbers(99);
  for (let opcode = 0; opcode < 512; opcode += 1) {
    for (let modrm = 0; modrm < 256; modrm += opcode % 7 === 0 ? 1 : 3) {
      const head = opcode < 256 ? [opcode, modrm] : [0x0f, opcode & 0xff, modrm];
      const prefix = modrm % 4 === 0 ? [PREFIXES[(modrm >> 2) % 8]!] : [];
      const bytes = Uint8Array.from({ length: 16 }, () => next() & 0xff);
      bytes.set([...prefix, ...head]);
      yield bytes;
    }
  }
}

describe('decoder against iced-x86', () => {
  it('agrees on random bytes of 32-bit code', () => { expectAgreement(random(1, 30_000), 32); });
  it('agrees on random bytes of 16-bit code', () => { expectAgreement(random(2, 20_000), 16); });
  it('agrees on every opcode and ModRM form', () => { expectAgreement(everyForm(), 32); });
});
