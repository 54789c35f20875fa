// One x87, MMX or SSE instruction with all state it can read, as a record that host-float.asm and the core both run. What a record holds:
//
//   0 EAX  4 EDX  8 EFLAGS  12 signal (0 none, 4 SIGILL, 8 SIGFPE, 11 SIGSEGV)  16 sixteen bytes of code, filled with NOP
//   64 the memory operand, 128 bytes, where ECX points     192 the FXSAVE image, 512 bytes

export const RECORD_BYTES = 704, CODE_AT = 16, CODE_BYTES = 16, OPERAND_AT = 64, OPERAND_BYTES = 128, IMAGE_AT = 192, IMAGE_BYTES = 512;
export const EAX_AT = 0, EDX_AT = 4, EFLAGS_AT = 8, SIGNAL_AT = 12;
/** In the image. */
export const CONTROL = 0, STATUS = 2, TAG = 4, MXCSR = 24, REGISTERS = 32, XMM = 160;

/** A record before it runs, or after. */
export type Record = Uint8Array;

/**
 * What to run: `text` for people. `ulps`: how far a result may be off (then C1 does not count either). `pointers`: the bytes [first, end) of the
 * operand where addresses of code and data are stored, which differ.
 */
export interface FloatCase { readonly text: string; readonly record: Record; readonly ulps: number; readonly pointers: readonly [number, number] }

export const viewOf = (record: Record): DataView => new DataView(record.buffer, record.byteOffset, record.byteLength);

/** An extended number as the image holds it. */
export interface Extended { readonly top: number; readonly significand: bigint }

export function putExtended(view: DataView, at: number, { top, significand }: Extended): void {
  view.setBigUint64(at, significand, true);
  view.setUint16(at + 8, top, true);
}
export const extendedAt = (view: DataView, at: number): Extended => ({ top: view.getUint16(at + 8, true), significand: view.getBigUint64(at, true) });
export const spell = ({ top, significand }: Extended): string => `${top.toString(16).padStart(4, '0')}_${significand.toString(16).padStart(16, '0')}`;

const hex = (value: number): string => `0x${value.toString(16)}`;
const STATUS_FLAGS = 0x8d5, DIRECTION = 0x200;
/** Physical registers in use compare; what an empty one still holds does not. */
const REGISTER_COUNT = 8, SLOT = 16;

/** What differs between two outcomes of a case, one line each: registers in use, control and status word, tags, MXCSR, XMM, memory, EAX, flags. */
export function floatDifferences(one: FloatCase, ours: Record, theirs: Record): readonly string[] {
  const a = viewOf(ours), b = viewOf(theirs), found: string[] = [];
  const compare = (name: string, first: number, second: number): void => { if (first !== second) found.push(`${name} ${hex(first)} against ${hex(second)}`); };
  compare('signal', a.getUint32(SIGNAL_AT, true), b.getUint32(SIGNAL_AT, true));
  compare('EAX', a.getUint32(EAX_AT, true), b.getUint32(EAX_AT, true));
  compare('EDX', a.getUint32(EDX_AT, true), b.getUint32(EDX_AT, true));
  compare('flags', a.getUint32(EFLAGS_AT, true) & STATUS_FLAGS, b.getUint32(EFLAGS_AT, true) & STATUS_FLAGS);
  const statusMask = one.ulps === 0 ? 0xffff : 0xffff & ~DIRECTION;
  compare('control word', a.getUint16(IMAGE_AT + CONTROL, true), b.getUint16(IMAGE_AT + CONTROL, true));
  compare('status word', a.getUint16(IMAGE_AT + STATUS, true) & statusMask, b.getUint16(IMAGE_AT + STATUS, true) & statusMask);
  compare('tags', a.getUint8(IMAGE_AT + TAG), b.getUint8(IMAGE_AT + TAG));
  compare('MXCSR', a.getUint32(IMAGE_AT + MXCSR, true), b.getUint32(IMAGE_AT + MXCSR, true));
  const top = (b.getUint16(IMAGE_AT + STATUS, true) >>> 11) & 7, tags = b.getUint8(IMAGE_AT + TAG);
  for (let i = 0; i < REGISTER_COUNT; i += 1) {
    if (((tags >>> ((top + i) & 7)) & 1) === 0) continue;
    const mine = extendedAt(a, IMAGE_AT + REGISTERS + i * SLOT), other = extendedAt(b, IMAGE_AT + REGISTERS + i * SLOT);
    if (!isNear(mine, other, one.ulps)) found.push(`ST${i} ${spell(mine)} against ${spell(other)}`);
  }
  const [first, end] = one.pointers;
  compareBytes('operand', ours, theirs, OPERAND_AT, first, found);
  compareBytes('operand', ours, theirs, OPERAND_AT + end, OPERAND_BYTES - end, found);
  compareBytes('XMM', ours, theirs, IMAGE_AT + XMM, REGISTER_COUNT * SLOT, found);
  return found;
}

function compareBytes(name: string, ours: Record, theirs: Record, from: number, count: number, found: string[]): void {
  const a = Buffer.from(ours.subarray(from, from + count)), b = Buffer.from(theirs.subarray(from, from + count));
  if (a.equals(b)) return;
  const at = a.findIndex((byte, index) => byte !== b[index]) & ~15;
  found.push(`${name}+${at} ${a.subarray(at, at + 16).toString('hex')} against ${b.subarray(at, at + 16).toString('hex')}`);
}

function isNear(a: Extended, b: Extended, ulps: number): boolean {
  if (a.top === b.top && a.significand === b.significand) return true;
  if (ulps === 0 || (a.top ^ b.top) >>> 15 !== 0) return false;
  // encodings of numbers of one sign are in order: exponent, then the significand without its integer bit
  const order = ({ top, significand }: Extended): bigint => (BigInt(top & 0x7fff) << 63n) | (significand & 0x7fff_ffff_ffff_ffffn);
  const distance = order(a) - order(b);
  return (distance < 0n ? -distance : distance) <= BigInt(ulps);
}

/** A case in a few lines: its instruction and what it found. */
export function describeFloatCase({ text, record }: FloatCase): string {
  const view = viewOf(record), status = view.getUint16(IMAGE_AT + STATUS, true), tags = view.getUint8(IMAGE_AT + TAG);
  const registers = Array.from({ length: REGISTER_COUNT }, (_, i) => (((tags >>> (((status >>> 11) + i) & 7)) & 1) === 0 ? null : `ST${i}=${spell(extendedAt(view, IMAGE_AT + REGISTERS + i * SLOT))}`));
  const code = Buffer.from(record.subarray(CODE_AT, CODE_AT + CODE_BYTES)).toString('hex').replace(/(90)+$/, '');
  const operand = Buffer.from(record.subarray(OPERAND_AT, OPERAND_AT + 16)).toString('hex');
  return `${text} (${code}) control ${hex(view.getUint16(IMAGE_AT + CONTROL, true))} status ${hex(status)} flags ${hex(view.getUint32(EFLAGS_AT, true))} ${registers.filter((one) => one !== null).join(' ')} operand ${operand}`;
}
