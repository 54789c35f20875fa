// What comes from outside while a guest runs. Given to its device at a boundary, and kept with the recording: replay gives the same at the same.

/**
 * `keyboard`: one key, `+KeyA` pressed or `-KeyA` released, by the names of the UI Events specification ("KeyboardEvent code Values"). `com1`: bytes received.
 */
export const INPUT_DEVICES = ['keyboard', 'com1'] as const;
export type InputDevice = (typeof INPUT_DEVICES)[number];

export interface GuestInput {
  /** The boundary it is given at: attempts before it. */
  readonly attempts: number;
  readonly device: InputDevice;
  /** Of the keyboard, UTF-8 text. */
  readonly bytes: Uint8Array;
}
/** Most bytes of one input. */
export const INPUT_BYTES_MAX = 4096;
