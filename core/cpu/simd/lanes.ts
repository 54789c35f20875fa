// Sixteen bytes seen as the lanes SIMD instructions work on, lowest first. Scratch values only: registers are in the processor's state.

export interface Lanes {
  readonly u8: Uint8Array;
  readonly i8: Int8Array;
  readonly u16: Uint16Array;
  readonly i16: Int16Array;
  readonly u32: Uint32Array;
  readonly i32: Int32Array;
  readonly f32: Float32Array;
  readonly f64: Float64Array;
}

/** All zero. */
export function newLanes(): Lanes {
  const buffer = new ArrayBuffer(16);
  return {
    u8: new Uint8Array(buffer), i8: new Int8Array(buffer), u16: new Uint16Array(buffer), i16: new Int16Array(buffer),
    u32: new Uint32Array(buffer), i32: new Int32Array(buffer), f32: new Float32Array(buffer), f64: new Float64Array(buffer),
  };
}

/**
 * DEST <- DEST op SRC, in place, on the first `bytes` (8: MMX, 16: XMM). `immediate` is the instruction's imm8, 0 without one.
 * The two never share memory.
 */
export type LaneOperation = (destination: Lanes, source: Lanes, bytes: number, immediate: number) => void;
