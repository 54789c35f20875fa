// Insn to text: Intel syntax as NASM reads it (no `ptr`, `[fs:eax]`, hexadecimal with 0x). Branch targets are absolute.
// Sizes are named only where no register shows them.
import {
  CONTROL_REGISTER, DEBUG_REGISTER, FAR_POINTER, IMMEDIATE, MEMORY, MMX_REGISTER, NO_OPERAND, NO_REGISTER, REGISTER, RELATIVE, REPEAT_EQUAL, REPEAT_NONE,
  RIP_BASE, SECOND_IMMEDIATE, SEGMENT_REGISTER, STRING_DESTINATION, STRING_SOURCE, TEST_REGISTER, X87_REGISTER, XMM_REGISTER, type BitWidth, type Insn, type Operand,
} from './insn.ts';

/** Names an address (`main+0x4`), or returns null. 64-bit addresses arrive as two u32 words. */
export type Symboliser = (lo: number, hi: number) => string | null;

/** What the text depends on besides the instruction: its own address (EIP, as two u32 words) and names for targets. */
export interface DisassemblyContext {
  readonly ip: number;
  readonly ipHigh?: number;
  readonly symbolise?: Symboliser;
}

const REGISTERS_64 = ['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15', 'rip'] as const;
const LEGACY_16 = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'] as const;
const LOW_8 = ['al', 'cl', 'dl', 'bl', 'spl', 'bpl', 'sil', 'dil'] as const;
const HIGH_8 = ['ah', 'ch', 'dh', 'bh'] as const;
const SEGMENTS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'] as const;
const SIZE_NAMES: Readonly<Record<number, string>> = { 8: 'byte', 16: 'word', 32: 'dword', 64: 'qword', 80: 'tword', 128: 'oword' };

/** The name of a general register: `number` as in insn.ts (20..23 are AH CH DH BH at 8 bits). */
export function registerName(number: number, sizeBits: number): string {
  if (sizeBits === 8) return number >= 20 ? HIGH_8[number - 20]! : LOW_8[number] ?? `${REGISTERS_64[number]!}b`;
  if (sizeBits === 16) return LEGACY_16[number] ?? `${REGISTERS_64[number]!}w`;
  if (sizeBits === 64) return REGISTERS_64[number]!;
  return number === RIP_BASE ? 'eip' : LEGACY_16[number] === undefined ? `${REGISTERS_64[number]!}d` : `e${LEGACY_16[number]}`;
}

/** One line of text for an instruction. Never throws. */
export function disassemble(insn: Insn, context: DisassemblyContext): string {
  const operands = [insn.destination, insn.source, insn.third]
    .filter((operand) => operand.kind !== NO_OPERAND && operand.kind !== STRING_SOURCE && operand.kind !== STRING_DESTINATION)
    .map((operand) => operandText(insn, operand, context));
  const isString = usesString(insn);
  const shown = isString ? [] : operands;
  return `${prefixText(insn, isString)}${insn.mnemonic}${shown.length > 0 ? ` ${shown.join(', ')}` : ''}`;
}

function usesString(insn: Insn): boolean {
  return [insn.destination.kind, insn.source.kind].some((kind) => kind === STRING_SOURCE || kind === STRING_DESTINATION);
}

function prefixText(insn: Insn, isString: boolean): string {
  let text = insn.lock ? 'lock ' : '';
  if (insn.repeat !== REPEAT_NONE && isString) {
    const compares = insn.op === 'cmps' || insn.op === 'scas';
    text += insn.repeat === REPEAT_EQUAL ? (compares ? 'repe ' : 'rep ') : 'repne ';
  }
  const implicitSource = insn.destination.kind === STRING_SOURCE || insn.source.kind === STRING_SOURCE || insn.op === 'xlat';
  if (insn.segmentOverride >= 0 && implicitSource) text += `${SEGMENTS[insn.segmentOverride]!} `;
  const implicitAddress = isString || insn.op === 'xlat' || insn.op === 'loop' || insn.op === 'loope' || insn.op === 'loopne';
  if (implicitAddress && insn.addressSize !== insn.bits) text += `a${insn.addressSize} `;
  return isOperandSizeHidden(insn) ? `${text}o${insn.operandSize} ` : text;
}

// An operand size that is not the default and that no operand shows. In 64-bit mode these default to 64 bits.
function isOperandSizeHidden(insn: Insn): boolean {
  if (insn.operandSize === insn.bits) return false;
  switch (insn.op) {
    case 'ret': case 'retFar': case 'leave': case 'enter': case 'pushSw': case 'popSw': case 'jcc': case 'loop': case 'loope': case 'loopne': case 'jcxz':
    case 'sgdt': case 'sidt': case 'lgdt': case 'lidt': return true;
    case 'push': return insn.destination.kind === IMMEDIATE;
    case 'call': case 'jmp': return insn.destination.kind === RELATIVE;
    default: return false;
  }
}

function operandText(insn: Insn, operand: Operand, context: DisassemblyContext): string {
  switch (operand.kind) {
    case NO_OPERAND: case STRING_SOURCE: case STRING_DESTINATION: return '';
    case REGISTER: return registerName(operand.register, operand.sizeBits);
    case MEMORY: return memoryText(insn, operand, context);
    case IMMEDIATE: return immediateText(insn, operand);
    case SECOND_IMMEDIATE: return hexText(insn.secondImmediate, 0);
    case RELATIVE: return addressText(branchTarget(insn, context), context);
    case FAR_POINTER: return `${hexText(insn.secondImmediate, 0)}:${hexText(insn.immediate, 0)}`;
    case SEGMENT_REGISTER: return SEGMENTS[operand.register] ?? '?';
    case CONTROL_REGISTER: return `cr${operand.register}`;
    case TEST_REGISTER: return `tr${operand.register}`;
    case DEBUG_REGISTER: return `dr${operand.register}`;
    case MMX_REGISTER: return `mm${operand.register}`;
    case XMM_REGISTER: return `xmm${operand.register}`;
    case X87_REGISTER: return `st${operand.register}`;
  }
}

function hexText(lo: number, hi: number): string {
  const low = (lo >>> 0).toString(16);
  return hi === 0 ? `0x${low}` : `0x${(hi >>> 0).toString(16)}${low.padStart(8, '0')}`;
}

function immediateText(insn: Insn, operand: Operand): string {
  if (operand.sizeBits === 8) return hexText(insn.immediate & 0xff, 0);
  if (operand.sizeBits === 16) return hexText(insn.immediate & 0xffff, 0);
  return hexText(insn.immediate, operand.sizeBits === 64 ? insn.immediateHigh : 0);
}

interface Address { readonly lo: number; readonly hi: number }

/** Where a relative branch goes: next IP plus displacement, cut to the operand size. `insn` must have a RELATIVE operand. */
export function branchTarget(insn: Insn, context: { readonly ip: number; readonly ipHigh?: number }): Address {
  const sum = (context.ip >>> 0) + insn.lengthBytes + insn.immediate;
  if (insn.operandSize === 16) return { lo: sum & 0xffff, hi: 0 };
  const carry = Math.floor(sum / 0x1_0000_0000);
  return { lo: sum >>> 0, hi: insn.operandSize === 64 ? ((context.ipHigh ?? 0) + carry) >>> 0 : 0 };
}

function addressText(target: Address, context: DisassemblyContext): string {
  const name = context.symbolise?.(target.lo, target.hi) ?? null;
  return name === null ? hexText(target.lo, target.hi) : `${name} (${hexText(target.lo, target.hi)})`;
}

// A size is needed where no other operand is a register of the same size.
function sizeText(insn: Insn, operand: Operand): string {
  if (isFarPointer(insn)) return insn.op === 'callFar' || insn.op === 'jmpFar' ? 'far ' : '';
  if (operand.sizeBits === 0 || insn.op === 'bound' || insn.op === 'setcc') return '';
  const others = [insn.destination, insn.source].filter((other) => other !== operand);
  const shows = others.some((other) => (other.kind === REGISTER || other.kind === MMX_REGISTER || other.kind === XMM_REGISTER) && other.sizeBits === operand.sizeBits && !isCount(insn, other));
  return shows ? '' : `${SIZE_NAMES[operand.sizeBits] ?? ''} `.trimStart();
}

function isFarPointer(insn: Insn): boolean {
  return insn.op === 'callFar' || insn.op === 'jmpFar' || insn.op === 'loadFar';
}

function isCount(insn: Insn, other: Operand): boolean {
  return other === insn.source && (insn.op === 'shl' || insn.op === 'shr' || insn.op === 'sar' || insn.op === 'rol' || insn.op === 'ror' || insn.op === 'rcl' || insn.op === 'rcr');
}

function memoryText(insn: Insn, operand: Operand, context: DisassemblyContext): string {
  const parts: string[] = [];
  if (insn.base !== NO_REGISTER) parts.push(registerName(insn.base, insn.addressSize));
  if (insn.index !== NO_REGISTER) parts.push(registerName(insn.index, insn.addressSize) + (insn.scale > 0 || insn.base === NO_REGISTER ? `*${1 << insn.scale}` : ''));
  const segment = isOverrideShown(insn) ? `${SEGMENTS[insn.segmentOverride]!}:` : '';
  return `${sizeText(insn, operand)}[${segment}${parts.join('+')}${displacementText(insn, parts.length > 0, context)}]`;
}

// An override that names the default segment changes nothing; LEA uses no segment at all.
function isOverrideShown(insn: Insn): boolean {
  const defaultSegment = insn.base === 4 || insn.base === 5 ? 'ss' : 'ds';
  return insn.segmentOverride >= 0 && SEGMENTS[insn.segmentOverride] !== defaultSegment && insn.op !== 'lea';
}

function displacementText(insn: Insn, hasRegisters: boolean, context: DisassemblyContext): string {
  if (insn.base === RIP_BASE) return signedText(insn.displacement);
  if (hasRegisters) return insn.displacement === 0 ? '' : signedText(insn.displacement);
  const absolute = cut(insn, insn.addressSize);
  return addressText(absolute, context);
}

function cut(insn: Insn, addressSize: BitWidth): Address {
  if (addressSize === 16) return { lo: insn.displacement & 0xffff, hi: 0 };
  return { lo: insn.displacement >>> 0, hi: addressSize === 64 ? insn.displacementHigh >>> 0 : 0 };
}

function signedText(displacement: number): string {
  return displacement < 0 ? `-0x${(-displacement).toString(16)}` : `+0x${displacement.toString(16)}`;
}
