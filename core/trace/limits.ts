// What a trace may ask of its reader. Every count in a file is held against one of these and against the bytes that are left
// before anything is allocated; the writer stays below them by flushing earlier.

/** Most events in one chunk. */
export const CHUNK_EVENTS = 65_536;
/** The writer flushes when a chunk's rows, heap and register changes reach this many words (32 MiB). */
export const CHUNK_WORDS_FLUSH = 1 << 23;
/** A reader refuses chunks that unfold to more words (64 MiB). */
export const CHUNK_WORDS_MAX = 1 << 24;
/** Most bytes of one section of a chunk before deflate. */
export const SECTION_BYTES_MAX = 1 << 27;
/** Most bytes of the header's JSON. */
export const HEADER_BYTES_MAX = 1 << 20;
/** Most bytes of the closing chunk's JSON. */
export const END_BYTES_MAX = 1 << 26;
/** An embedded image is cut into pieces of this size, and may have this many bytes in all. */
export const IMAGE_PIECE_BYTES = 1 << 20;
export const IMAGE_BYTES_MAX = 1 << 28;
/** Most bytes of one checkpoint before deflate. */
export const CHECKPOINT_BYTES_MAX = 1 << 28;
/** Most bytes of logged inputs in one chunk before deflate. */
export const INPUT_BYTES_MAX = 1 << 26;
/** Most rows, chunks and checkpoints of one trace; columns for the timeline take 22 bytes a row. */
export const ROWS_MAX = 1 << 25;
export const CHUNKS_MAX = 1 << 20;
/** Most words of a register file in a header. */
export const REGISTER_WORDS_MAX = 2048;
/** DEFLATE cannot unfold further than this; a section that claims more lies. */
export const DEFLATE_RATIO_MAX = 1040;
/** Bytes of unfolded chunks a reader keeps. */
export const CACHE_BYTES = 1 << 27;
