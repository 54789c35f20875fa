// The frames of a trace file: prefix and header, then chunks, each with type, length and checksum, then (when the recorder ended
// properly) the END chunk and an eight-byte trailer that finds it from the end of the file.
//   chunk: u32 type (four letters) · u32 payload bytes · u32 CRC-32 over type, length and payload · payload
//   trailer: u32 bytes from the END chunk's first byte to the end of the file · "REND"

import { BadInput } from '../base/bad-input.ts';
import { ByteReader } from '../base/byte-reader.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import { crc32 } from '../base/crc32.ts';
import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts';
import { readEnd } from './end-chunk.ts';
import { unfold, type Deflate, type Inflate } from './event-chunk.ts';
import { headerJson, parseHeader, type TraceHeader } from './header.ts';
import { CHUNKS_MAX, DEFLATE_RATIO_MAX, HEADER_BYTES_MAX } from './limits.ts';
import { upgradeHeader } from './upgrade.ts';
import { MAGIC, PREFIX_BYTES, TRACE_VERSION } from './version.ts';

const code = (letters: string): number => Array.from(letters).reduce((word, letter, index) => word | (letter.charCodeAt(0) << (8 * index)), 0);
export const CHUNK_TYPES = { events: code('EVNT'), image: code('IMAG'), file: code('FILE'), checkpoint: code('CHKP'), input: code('INPT'), end: code('END ') } as const;
export type ChunkType = keyof typeof CHUNK_TYPES;
export const CHUNK_HEAD_BYTES = 12;
const TRAILER_MAGIC = code('REND');
export const TRAILER_BYTES = 8;

export interface Chunk { readonly type: ChunkType; readonly offset: number; readonly payload: Uint8Array }
/** What the frames of a file say: chunks in file order, and what could not be used. */
export interface Frames {
  readonly header: TraceHeader;
  /** The file's bytes from its first to the end of its header. */
  readonly prefix: Uint8Array;
  readonly chunks: readonly Chunk[];
  /** The END chunk was found: the recorder ended properly and nothing is cut off. */
  readonly complete: boolean;
  /** Bytes at the end of the file that belong to no whole chunk. */
  readonly ignoredBytes: number;
  /** Chunks whose checksum does not match, and a trailer that is not as it should be, in words. */
  readonly damage: readonly string[];
}

/** Prefix and header of a new trace. */
export function writeHeader(header: TraceHeader, deflate: Deflate): Uint8Array {
  const json = encodeUtf8(headerJson(header));
  const stored = deflate(json);
  const out = new ByteWriter(stored.length + PREFIX_BYTES);
  out.append(MAGIC);
  for (const word of [TRACE_VERSION, stored.length, json.length, crc32(stored)]) out.u32(word);
  out.append(stored);
  return out.copy();
}

/** One chunk with its head. */
export function writeChunk(type: ChunkType, payload: Uint8Array): Uint8Array {
  const out = new ByteWriter(payload.length + CHUNK_HEAD_BYTES);
  out.u32(CHUNK_TYPES[type]);
  out.u32(payload.length);
  out.u32(crc32(payload, crc32(out.view())));
  out.append(payload);
  return out.copy();
}

/** The eight bytes behind the END chunk, which is `endBytes` long with its head. */
export function writeTrailer(endBytes: number): Uint8Array {
  const out = new ByteWriter(TRAILER_BYTES);
  out.u32(endBytes + TRAILER_BYTES);
  out.u32(TRAILER_MAGIC);
  return out.copy();
}

/** Reads prefix and header. Refuses what is no trace and versions newer than this code. */
export function readHeader(bytes: Uint8Array, inflate: Inflate): { readonly header: TraceHeader; readonly end: number } {
  if (bytes.length < MAGIC.length || MAGIC.some((byte, index) => bytes[index] !== byte)) {
    throw new BadInput('this is not a Ringscope trace (its first bytes differ); open a .rtrace file, or import a log with `ringscope import`');
  }
  const input = new ByteReader(bytes, 'the trace header');
  input.take(MAGIC.length);
  if (bytes.length < PREFIX_BYTES) throw new BadInput('the trace is cut off inside its header; nothing can be read, record it again');
  const [version, storedBytes, jsonBytes, checksum] = [input.u32(), input.u32(), input.u32(), input.u32()];
  if (version > TRACE_VERSION || version === 0) {
    throw new BadInput(`the trace has format version ${String(version)}, this Ringscope reads up to ${String(TRACE_VERSION)}; install a newer Ringscope`);
  }
  if (storedBytes > input.remaining) throw new BadInput('the trace is cut off inside its header; nothing can be read, record it again');
  if (jsonBytes > Math.min(HEADER_BYTES_MAX, storedBytes * DEFLATE_RATIO_MAX + 64)) throw input.damaged('its size is impossible');
  const stored = input.take(storedBytes);
  if (crc32(stored) !== checksum) throw input.damaged('its checksum differs');
  const json = unfold({ bytes: stored, method: 1, unfolded: jsonBytes }, 'the trace header', inflate);
  return { header: upgradeHeader(parseHeader(decodeUtf8(json), version)), end: input.at };
}

/** Walks the frames of a whole file. Only the header is refused when damaged; the rest is reported. */
export function readFrames(bytes: Uint8Array, inflate: Inflate): Frames {
  const { header, end } = readHeader(bytes, inflate);
  const chunks: Chunk[] = [];
  const damage: string[] = [];
  let at = end;
  let complete = false;
  while (!complete) {
    const frame = frameAt(bytes, at);
    if (frame === null) {
      const next = nextFromIndex(bytes, at, inflate);
      if (next === null) break;
      damage.push(`the bytes from ${String(at)} to ${String(next)} are damaged (no chunk begins there)`);
      at = next;
      continue;
    }
    if (chunks.length + damage.length > CHUNKS_MAX) throw new BadInput('the trace has too many chunks; record it again with a filter');
    const chunk = { type: frame.type, offset: at, payload: bytes.subarray(at + CHUNK_HEAD_BYTES, frame.end) };
    if (frame.intact) chunks.push(chunk);
    else damage.push(`chunk ${String(chunks.length + damage.length)} (${frame.type}) at byte ${String(at)} is damaged (its checksum differs)`);
    complete = frame.type === 'end' && frame.intact;
    if (complete) damage.push(...trailerDamage(bytes.subarray(frame.end), frame.end - at));
    at = frame.end;
  }
  return { header, prefix: bytes.subarray(0, end), chunks, complete, ignoredBytes: complete ? 0 : bytes.length - at, damage };
}

// behind the END chunk stand the trailer's eight bytes, and nothing else
function trailerDamage(rest: Uint8Array, endBytes: number): readonly string[] {
  if (writeTrailer(endBytes).some((byte, index) => rest[index] !== byte)) return ['the last 8 bytes of the trace are missing or damaged; its events are all there'];
  return rest.length > TRAILER_BYTES ? [`bytes behind the end of the trace do not belong to it and are ignored (${String(rest.length - TRAILER_BYTES)})`] : [];
}

function frameAt(bytes: Uint8Array, at: number): { readonly type: ChunkType; readonly end: number; readonly intact: boolean } | null {
  if (at + CHUNK_HEAD_BYTES > bytes.length) return null;
  const input = new ByteReader(bytes.subarray(at), 'a chunk');
  const [word, length, checksum] = [input.u32(), input.u32(), input.u32()];
  const type = (Object.keys(CHUNK_TYPES) as ChunkType[]).find((name) => CHUNK_TYPES[name] === word);
  if (type === undefined || length > input.remaining) return null;
  const head = crc32(bytes.subarray(at, at + 8));
  return { type, end: at + CHUNK_HEAD_BYTES + length, intact: crc32(input.take(length), head) === checksum };
}

// where framing is lost, the END chunk still lies where the trailer says, and its index names the chunks behind the damage
function nextFromIndex(bytes: Uint8Array, at: number, inflate: Inflate): number | null {
  if (bytes.length < at + TRAILER_BYTES) return null;
  const input = new ByteReader(bytes.subarray(bytes.length - TRAILER_BYTES), 'the trailer');
  const back = input.u32();
  if (input.u32() !== TRAILER_MAGIC || back > bytes.length) return null;
  const end = bytes.length - back;
  const frame = end > at ? frameAt(bytes, end) : null;
  if (frame?.type !== 'end' || !frame.intact) return null;
  const { chunks } = readEnd(bytes.subarray(end + CHUNK_HEAD_BYTES, frame.end), inflate);
  return chunks.filter((offset) => offset > at && offset < end && frameAt(bytes, offset)?.intact === true).reduce((least, offset) => Math.min(least, offset), end);
}
