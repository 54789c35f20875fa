// What arithmetic is asked to do beside its operands (rounding, masks) and what it reports beside its result (exceptions, direction).
// The exception bits stand where the x87 status word, the x87 control word and MXCSR (flags, and masks 7 higher) have them.
// SDM 1 "Overview of Floating-Point Exceptions".

/** Invalid operation, denormal operand, division by zero, overflow, underflow, precision. */
export const IE = 0x01, DE = 0x02, ZE = 0x04, OE = 0x08, UE = 0x10, PE = 0x20;
export const ALL_EXCEPTIONS = 0x3f;

/** Rounding-control values, as the x87 control word and MXCSR encode them. SDM 1 "Rounding Control Fields". */
export const ROUND_NEAREST = 0, ROUND_DOWN = 1, ROUND_UP = 2, ROUND_ZERO = 3;

export class Environment {
  rounding = ROUND_NEAREST;
  /** Exceptions that are masked: 1 bits of ALL_EXCEPTIONS. Underflow is another question when it is not masked. */
  masks = ALL_EXCEPTIONS;
  /** Tiny results become zero while underflow is masked (MXCSR.FTZ). */
  flushToZero = 0;
  /** Exceptions met since the caller cleared it. */
  flags = 0;
  /** 1 when the last rounding made the magnitude greater: C1 of the x87. Set by every rounding. */
  roundedUp = 0;
}
