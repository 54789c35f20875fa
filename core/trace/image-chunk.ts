// The guest image and the files given with it, embedded in pieces of at most 1 MiB, and the inputs a recording was given.
//   image: count offset in the image · section head · bytes          file: varint which file of the header · count offset in it · section head · bytes
//   input: section head · per input: count attempts, text device, varint bytes, bytes

import { BadInput } from '../base/bad-input.ts';
import { ByteReader } from '../base/byte-reader.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import { INPUT_DEVICES, type GuestInput } from '../event/input.ts';
import { packSection, readSectionHead, unfold, type Deflate, type Inflate } from './event-chunk.ts';
import { IMAGE_BYTES_MAX, IMAGE_PIECE_BYTES, INPUT_BYTES_MAX } from './limits.ts';

/** The payloads of the chunks that embed an image. */
export function writeImageChunks(image: Uint8Array, deflate: Deflate): readonly Uint8Array[] {
  return pieces('image', image, deflate, null);
}

/** The payloads of the chunks that embed file number `index` of the header. */
export function writeFileChunks(index: number, file: Uint8Array, deflate: Deflate): readonly Uint8Array[] {
  return pieces('file', file, deflate, index);
}

function pieces(what: string, bytes: Uint8Array, deflate: Deflate, index: number | null): readonly Uint8Array[] {
  if (bytes.length > IMAGE_BYTES_MAX) throw new BadInput(`the ${what} has ${String(bytes.length)} bytes, a trace embeds at most ${String(IMAGE_BYTES_MAX)}; cut it to the part the guest needs`);
  return Array.from({ length: Math.max(1, Math.ceil(bytes.length / IMAGE_PIECE_BYTES)) }, (_, piece) => {
    const first = piece * IMAGE_PIECE_BYTES;
    const out = new ByteWriter();
    if (index !== null) out.varint(index);
    out.count(first);
    out.append(packSection(out, bytes.subarray(first, first + IMAGE_PIECE_BYTES), deflate));
    return out.copy();
  });
}

/** The image behind these chunk payloads; null when there are none. */
export function readImage(payloads: readonly Uint8Array[], inflate: Inflate): Uint8Array | null {
  const what = 'the image inside the trace';
  return join(payloads.map((payload) => new ByteReader(payload, what)), what, inflate);
}

/** The files behind these chunk payloads, by their number in the header; null where no chunk has it. Throws BadInput when a chunk names another. */
export function readFiles(payloads: readonly Uint8Array[], count: number, inflate: Inflate): readonly (Uint8Array | null)[] {
  const what = 'a file inside the trace';
  const found: ByteReader[][] = Array.from({ length: count }, () => []);
  for (const payload of payloads) {
    const input = new ByteReader(payload, what);
    found[input.atMost(count - 1, 'the number of a file')]!.push(input);
  }
  return found.map((inputs) => join(inputs, what, inflate));
}

function join(inputs: readonly ByteReader[], what: string, inflate: Inflate): Uint8Array | null {
  if (inputs.length === 0) return null;
  const found = inputs.map((input) => {
    const first = input.count();
    const { method, unfolded, stored } = readSectionHead(input, IMAGE_PIECE_BYTES);
    return { first, input, section: { method, unfolded, bytes: input.take(stored) } };
  });
  const length = found.reduce((sum, { section }) => sum + section.unfolded, 0);
  if (length > IMAGE_BYTES_MAX) throw new BadInput(`${what} is larger than ${String(IMAGE_BYTES_MAX)} bytes; record again with a smaller one`);
  const joined = new Uint8Array(length);
  let end = 0;
  for (const { first, input, section } of found) {
    if (first !== end) throw input.damaged('a piece of it is missing');
    input.end();
    joined.set(unfold(section, what, inflate), first);
    end = first + section.unfolded;
  }
  return joined;
}

/** The payload of an input chunk. */
export function writeInputChunk(inputs: readonly GuestInput[], deflate: Deflate): Uint8Array {
  const body = new ByteWriter();
  body.varint(inputs.length);
  for (const { attempts, device, bytes } of inputs) {
    body.count(attempts);
    body.text(device);
    body.varint(bytes.length);
    body.append(bytes);
  }
  const out = new ByteWriter();
  out.append(packSection(out, body.view(), deflate));
  return out.copy();
}

/** The inputs of one input chunk. */
export function readInputChunk(payload: Uint8Array, inflate: Inflate): readonly GuestInput[] {
  const what = 'the inputs inside the trace';
  const input = new ByteReader(payload, what);
  const { method, unfolded, stored } = readSectionHead(input, INPUT_BYTES_MAX);
  const body = new ByteReader(unfold({ method, unfolded, bytes: input.take(stored) }, what, inflate), what);
  input.end();
  const many = body.atMost(Math.floor(body.remaining / 4), 'the number of inputs');
  const inputs = Array.from({ length: many }, () => {
    const attempts = body.count(), name = body.text(256);
    const device = INPUT_DEVICES.find((known) => known === name);
    if (device === undefined) throw body.damaged(`there is no device ${JSON.stringify(name)}`);
    return { attempts, device, bytes: body.take(body.varint()).slice() };
  });
  body.end();
  return inputs;
}
