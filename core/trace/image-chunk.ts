// The guest image, embedded in pieces of at most 1 MiB, and the inputs a recording was given.
//   image: count offset in the image · section head · bytes          input: section head · per input: count clock, text device, varint bytes, bytes

import { BadInput } from '../base/bad-input.ts';
import { ByteReader } from '../base/byte-reader.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import { packSection, readSectionHead, unfold, type Deflate, type Inflate } from './event-chunk.ts';
import { IMAGE_BYTES_MAX, IMAGE_PIECE_BYTES, INPUT_BYTES_MAX } from './limits.ts';

/** Bytes a device received from outside, at a point of the guest's clock (EVENTS.md "clock"). */
export interface LoggedInput { readonly clock: number; readonly device: string; readonly bytes: Uint8Array }

/** The payloads of the chunks that embed an image. */
export function writeImageChunks(image: Uint8Array, deflate: Deflate): readonly Uint8Array[] {
  if (image.length > IMAGE_BYTES_MAX) throw new BadInput(`the image has ${String(image.length)} bytes, a trace embeds at most ${String(IMAGE_BYTES_MAX)}; record without embedding it`);
  return Array.from({ length: Math.max(1, Math.ceil(image.length / IMAGE_PIECE_BYTES)) }, (_, piece) => {
    const first = piece * IMAGE_PIECE_BYTES;
    const out = new ByteWriter();
    out.count(first);
    out.append(packSection(out, image.subarray(first, first + IMAGE_PIECE_BYTES), deflate));
    return out.copy();
  });
}

/** The image behind these chunk payloads; null when there are none. */
export function readImage(payloads: readonly Uint8Array[], inflate: Inflate): Uint8Array | null {
  const what = 'the image inside the trace';
  const pieces = payloads.map((payload) => {
    const input = new ByteReader(payload, what);
    const first = input.count();
    const { method, unfolded, stored } = readSectionHead(input, IMAGE_PIECE_BYTES);
    return { first, input, section: { method, unfolded, bytes: input.take(stored) } };
  });
  const length = pieces.reduce((sum, { section }) => sum + section.unfolded, 0);
  if (length > IMAGE_BYTES_MAX) throw new BadInput(`${what} is larger than ${String(IMAGE_BYTES_MAX)} bytes; record again without embedding it`);
  if (pieces.length === 0) return null;
  const image = new Uint8Array(length);
  let end = 0;
  for (const { first, input, section } of pieces) {
    if (first !== end) throw input.damaged('a piece of it is missing');
    input.end();
    image.set(unfold(section, what, inflate), first);
    end = first + section.unfolded;
  }
  return image;
}

/** The payload of an input chunk. */
export function writeInputChunk(inputs: readonly LoggedInput[], deflate: Deflate): Uint8Array {
  const body = new ByteWriter();
  body.varint(inputs.length);
  for (const { clock, device, bytes } of inputs) {
    body.count(clock);
    body.text(device);
    body.varint(bytes.length);
    body.append(bytes);
  }
  const out = new ByteWriter();
  out.append(packSection(out, body.view(), deflate));
  return out.copy();
}

/** The inputs of one input chunk. */
export function readInputChunk(payload: Uint8Array, inflate: Inflate): readonly LoggedInput[] {
  const what = 'the inputs inside the trace';
  const input = new ByteReader(payload, what);
  const { method, unfolded, stored } = readSectionHead(input, INPUT_BYTES_MAX);
  const body = new ByteReader(unfold({ method, unfolded, bytes: input.take(stored) }, what, inflate), what);
  input.end();
  const many = body.atMost(Math.floor(body.remaining / 4), 'the number of inputs');
  const inputs = Array.from({ length: many }, () => ({ clock: body.count(), device: body.text(256), bytes: body.take(body.varint()).slice() }));
  body.end();
  return inputs;
}
