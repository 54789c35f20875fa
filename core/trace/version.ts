// The version of the file layout. A change of layout raises it, adds an upgrader (upgrade.ts), a line in CHANGELOG.md beside this
// file and a fixture of the old version. Fields, kinds, rules and registers appended to their tables change no version: files list them.

/** Version of the `.rtrace` layout this code writes. */
export const TRACE_VERSION = 2;
/** The first eight bytes of a trace: not text, broken by newline conversion, unlike any other format. */
export const MAGIC = Uint8Array.of(0x89, 0x52, 0x54, 0x52, 0x41, 0x43, 0x45, 0x0a);
/** Bytes before the header's JSON: magic, version, stored bytes, unfolded bytes, CRC-32 of the stored bytes. */
export const PREFIX_BYTES = 24;
