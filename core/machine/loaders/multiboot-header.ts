// The header by which an image says that it wants to be loaded as Multiboot 1 says, and how.
// Multiboot Specification 0.6.96: "The layout of Multiboot header".

/** EAX at the start, so that a kernel knows a Multiboot loader brought it. */
export const MULTIBOOT_LOADED = 0x2bad_b002;
const MAGIC = 0x1bad_b002, SEARCH_BYTES = 8192, HEADER_BYTES = 12, ADDRESS_BYTES = 32;
/** Bits of `flags`. Those below bit 16 are demands, those above may be passed over. */
export const PAGE_ALIGNED_MODULES = 1, WANTS_MEMORY = 2, WANTS_VIDEO = 4, HAS_ADDRESSES = 0x1_0000;
export const DEMANDS = 0xffff;

export interface MultibootHeader {
  /** Bytes from the beginning of the file. */
  readonly offset: number;
  readonly flags: number;
  /** With HAS_ADDRESSES: where the header lies in memory, first and end of what is loaded, end of what is zeroed, entry; physical. */
  readonly addresses: { readonly header: number; readonly load: number; readonly loadEnd: number; readonly bssEnd: number; readonly entry: number } | null;
}

/** The header, from its magic number and sum; null when there is none in the first 8192 bytes. */
export function findMultiboot(image: Uint8Array): MultibootHeader | null {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  for (let at = 0; at + HEADER_BYTES <= Math.min(image.length, SEARCH_BYTES); at += 4) {
    const flags = view.getUint32(at + 4, true);
    if (view.getUint32(at, true) !== MAGIC || ((MAGIC + flags + view.getUint32(at + 8, true)) | 0) !== 0) continue;
    return { offset: at, flags, addresses: (flags & HAS_ADDRESSES) !== 0 && at + ADDRESS_BYTES <= image.length ? addressesAt(view, at) : null };
  }
  return null;
}

function addressesAt(view: DataView, at: number): MultibootHeader['addresses'] {
  const word = (offset: number): number => view.getUint32(at + offset, true);
  return { header: word(12), load: word(16), loadEnd: word(20), bssEnd: word(24), entry: word(28) };
}
