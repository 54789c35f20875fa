// The header by which an image says that it wants to be loaded as Multiboot 2 says: a magic number, a sum, and tags.
// Multiboot2 Specification 2.0: "The layout of Multiboot2 header".

import { BadInput } from '../../base/bad-input.ts';
import type { LoadAddresses } from './load-by-addresses.ts';

/** EAX at the start, so that a kernel knows a Multiboot 2 loader brought it. */
export const MULTIBOOT2_LOADED = 0x36d7_6289;
const MAGIC = 0xe852_50d6, ARCHITECTURE_I386 = 0, SEARCH_BYTES = 32_768, FIXED_BYTES = 16, TAG_HEAD_BYTES = 8, IS_OPTIONAL = 1;
/** Types of tags. What EFI would be entered by means nothing where there is no EFI. */
const END = 0, INFORMATION = 1, ADDRESSES = 2, ENTRY = 3, CONSOLE = 4, FRAMEBUFFER = 5, ALIGNED_MODULES = 6, EFI_SERVICES = 7, EFI_ENTRY_32 = 8, EFI_ENTRY_64 = 9, RELOCATABLE = 10;
const NEED_NOTHING = [CONSOLE, ALIGNED_MODULES, EFI_SERVICES, EFI_ENTRY_32, EFI_ENTRY_64];
/** The last type of information the specification knows. */
const INFORMATION_MAX = 21;

export interface Multiboot2Header {
  /** Bytes from the beginning of the file. */
  readonly offset: number;
  readonly addresses: Omit<LoadAddresses, 'entry'> | null;
  readonly entry: number | null;
  readonly isRelocatable: boolean;
  /** A graphics mode is asked for: width, height or depth is given. */
  readonly wantsGraphics: boolean;
}

/** Where the header lies, from its magic number and sum; null when there is none in the first 32768 bytes. */
export function findMultiboot2(image: Uint8Array): number | null {
  const view = viewOf(image);
  for (let at = 0; at + FIXED_BYTES <= Math.min(image.length, SEARCH_BYTES); at += 8) {
    if (view.getUint32(at, true) !== MAGIC || view.getUint32(at + 4, true) !== ARCHITECTURE_I386) continue;
    if (((MAGIC + view.getUint32(at + 8, true) + view.getUint32(at + 12, true)) | 0) === 0) return at;
  }
  return null;
}

/** Reads the tags. Throws BadInput for damaged ones, and for demands nobody knows. */
export function readMultiboot2(image: Uint8Array, offset: number): Multiboot2Header {
  const view = viewOf(image);
  const end = Math.min(image.length, offset + view.getUint32(offset + 8, true));
  let header: Multiboot2Header = { offset, addresses: null, entry: null, isRelocatable: false, wantsGraphics: false };
  for (let at = offset + FIXED_BYTES; at + TAG_HEAD_BYTES <= end;) {
    const type = view.getUint16(at, true), isOptional = (view.getUint16(at + 2, true) & IS_OPTIONAL) !== 0, size = view.getUint32(at + 4, true);
    if (type === END) break;
    if (size < TAG_HEAD_BYTES || at + size > end) throw new BadInput(`the Multiboot 2 header is damaged: its tag of type ${String(type)} has ${String(size)} bytes, the header ends before`);
    header = { ...header, ...readTag(new DataView(view.buffer, view.byteOffset + at + TAG_HEAD_BYTES, size - TAG_HEAD_BYTES), { type, isOptional, offset }) };
    at += Math.ceil(size / 8) * 8;
  }
  return header;
}

function readTag(body: DataView, { type, isOptional, offset }: { readonly type: number; readonly isOptional: boolean; readonly offset: number }): Partial<Multiboot2Header> {
  const words = Array.from({ length: Math.floor(body.byteLength / 4) }, (_, index) => body.getUint32(4 * index, true));
  const [first = 0, second = 0, third = 0, fourth = 0] = words;
  if (type === INFORMATION) {
    const unknown = words.find((wanted) => wanted > INFORMATION_MAX);
    if (unknown !== undefined && !isOptional) throw new BadInput(`the Multiboot 2 header demands information of type ${String(unknown)}, which is unknown: mark the request as optional`);
    return {};
  }
  if (type === ADDRESSES && words.length >= 4) return { addresses: { offset, header: first, load: second, loadEnd: third, bssEnd: fourth } };
  if (type === ENTRY && words.length >= 1) return { entry: first };
  if (type === FRAMEBUFFER) return { wantsGraphics: words.some((word) => word !== 0) };
  if (type === RELOCATABLE) return { isRelocatable: true };
  if (!NEED_NOTHING.includes(type) && !isOptional) throw new BadInput(`the Multiboot 2 header demands what this version of Multiboot 2 does not have (tag of type ${String(type)}): mark it as optional`);
  return {};
}

const viewOf = (image: Uint8Array): DataView => new DataView(image.buffer, image.byteOffset, image.byteLength);
