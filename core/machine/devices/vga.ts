// The registers of a VGA: sequencer, CRT controller, graphics and attribute controller, palette. Its memory is the machine's at A0000 to BFFFF, as the
// guest writes it: right for text, mode 13h and CGA graphics; planes are not modelled. What is seen: vga-screen.ts; retraces: vga-timing.ts.
// IBM "Personal System/2 Hardware Interface Technical Reference": "Video Subsystem".

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { PortDevice, Saved } from './port-device.ts';
import { PALETTE_BYTES, paletteOf, VGA_MODES } from './vga-modes.ts';
import { retraceBits } from './vga-timing.ts';

export const VGA_FIRST = 0x3b0, VGA_END = 0x3e0;
const ATTRIBUTE = 0x3c0, ATTRIBUTE_READ = 0x3c1, MISCELLANEOUS = 0x3c2, SEQUENCER = 0x3c4, PIXEL_MASK = 0x3c6, PALETTE_READ = 0x3c7, PALETTE_WRITE = 0x3c8, PALETTE_DATA = 0x3c9, FEATURE_READ = 0x3ca,
  MISCELLANEOUS_READ = 0x3cc, GRAPHICS = 0x3ce, CRT_COLOUR = 0x3d4, STATUS_COLOUR = 0x3da, MONOCHROME = 0x20;
const MISC_COLOUR = 0x01, ABSENT = 0xff;
const PROTECT_INDEX = 0x11, PROTECTS = 0x80, OVERFLOW = 7, LINE_COMPARE_BIT = 0x10;
export const ATTRIBUTE_ENABLED = 0x20;
const ATTRIBUTES = 21, ATTRIBUTE_MODE = 16;
const CRT_REGISTERS = 25, GRAPHICS_REGISTERS = 9, SEQUENCER_REGISTERS = 5;
const PALETTE_READING = 3;

/** Registers that are no file of their own, a byte each. */
const AT_RESET = {
  miscellaneous: 0, feature: 0, attributeIndex: 0, attributeTakesData: 0, sequencerIndex: 0, graphicsIndex: 0, crtIndex: 0, pixelMask: ABSENT, paletteIndex: 0, paletteColour: 0, paletteMode: 0,
};
const STATE_NAMES = Object.keys(AT_RESET) as readonly (keyof typeof AT_RESET)[];

export class Vga implements PortDevice, Saved {
  readonly sequencer = new Uint8Array(SEQUENCER_REGISTERS);
  readonly crtController = new Uint8Array(CRT_REGISTERS);
  readonly graphics = new Uint8Array(GRAPHICS_REGISTERS);
  readonly attribute = new Uint8Array(ATTRIBUTES);
  /** Red, green and blue of 256 colours, 6 bits each. */
  readonly palette = new Uint8Array(PALETTE_BYTES);
  readonly #state = { ...AT_RESET };
  readonly #clock: () => number;

  /** `clock` tells the guest's clock. */
  constructor(clock: () => number) { this.#clock = clock; }

  get miscellaneous(): number { return this.#state.miscellaneous; }
  get pixelMask(): number { return this.#state.pixelMask; }
  /** False while the attribute controller's palette is open to the processor: nothing is shown. */
  get isShown(): boolean { return (this.#state.attributeIndex & ATTRIBUTE_ENABLED) !== 0; }

  /** As the BIOS sets a mode of VGA_MODES. False when it is none of them. */
  setMode(number: number): boolean {
    const mode = VGA_MODES[number];
    if (mode === undefined) return false;
    this.#state.miscellaneous = mode.miscellaneous;
    this.sequencer.set(mode.sequencer);
    this.crtController.set(mode.crtController);
    this.graphics.set(mode.graphics);
    this.attribute.set(mode.attribute);
    this.palette.set(paletteOf(mode.palette));
    this.#state.attributeIndex = ATTRIBUTE_ENABLED;
    this.#state.attributeTakesData = 0;
    this.#state.pixelMask = ABSENT;
    return true;
  }

  read(port: number): number {
    const state = this.#state;
    switch (this.#asColour(port)) {
      case ATTRIBUTE: return state.attributeIndex;
      case ATTRIBUTE_READ: return this.attribute[state.attributeIndex & 0x1f] ?? 0;
      // switch sense: a colour monitor
      case MISCELLANEOUS: return 0;
      case SEQUENCER: return state.sequencerIndex;
      case SEQUENCER + 1: return this.sequencer[state.sequencerIndex] ?? 0;
      case PIXEL_MASK: return state.pixelMask;
      case PALETTE_READ: return state.paletteMode;
      case PALETTE_WRITE: return state.paletteIndex;
      case PALETTE_DATA: return this.#readPalette();
      case FEATURE_READ: return state.feature;
      case MISCELLANEOUS_READ: return state.miscellaneous;
      case GRAPHICS: return state.graphicsIndex;
      case GRAPHICS + 1: return this.graphics[state.graphicsIndex] ?? 0;
      case CRT_COLOUR: return state.crtIndex;
      case CRT_COLOUR + 1: return this.crtController[state.crtIndex] ?? 0;
      case STATUS_COLOUR:
        state.attributeTakesData = 0;
        return retraceBits(this, this.#clock());
      default: return ABSENT;
    }
  }

  write(port: number, value: number): void {
    const state = this.#state;
    switch (this.#asColour(port)) {
      case ATTRIBUTE: this.#writeAttribute(value); return;
      case MISCELLANEOUS: state.miscellaneous = value; return;
      case SEQUENCER: state.sequencerIndex = value; return;
      case SEQUENCER + 1: put(this.sequencer, state.sequencerIndex, value); return;
      case PIXEL_MASK: state.pixelMask = value; return;
      case PALETTE_READ: this.#startPalette(value, PALETTE_READING); return;
      case PALETTE_WRITE: this.#startPalette(value, 0); return;
      case PALETTE_DATA: this.#writePalette(value); return;
      case GRAPHICS: state.graphicsIndex = value; return;
      case GRAPHICS + 1: put(this.graphics, state.graphicsIndex, value); return;
      case CRT_COLOUR: state.crtIndex = value; return;
      case CRT_COLOUR + 1: this.#writeCrt(value); return;
      case STATUS_COLOUR: state.feature = value; return;
    }
  }

  save(writer: ByteWriter): void {
    for (const registers of this.#registers) writer.append(registers);
    for (const name of STATE_NAMES) writer.u8(this.#state[name]);
    // most guests leave the palette alone
    const known = PALETTES.findIndex((bytes) => bytes.every((byte, at) => byte === this.palette[at]));
    writer.u8(known + 1);
    if (known < 0) writer.append(this.palette);
  }

  restore(reader: ByteReader): void {
    for (const registers of this.#registers) registers.set(reader.take(registers.length));
    for (const name of STATE_NAMES) this.#state[name] = reader.u8();
    this.palette.set(PALETTES[reader.u8() - 1] ?? reader.take(PALETTE_BYTES));
  }

  get #registers(): readonly Uint8Array[] { return [this.sequencer, this.crtController, this.graphics, this.attribute]; }

  // bit 0 of the miscellaneous output register: the CRT controller answers at 3Dx, or, as on a monochrome card, at 3Bx; -1: nobody
  #asColour(port: number): number {
    const isColour = (this.#state.miscellaneous & MISC_COLOUR) !== 0;
    if (port >= ATTRIBUTE && port < CRT_COLOUR) return port;
    if (port >= CRT_COLOUR) return isColour ? port : -1;
    return isColour ? -1 : port + MONOCHROME;
  }

  // index and data take turns; reading status 1 makes the next one an index
  #writeAttribute(value: number): void {
    const state = this.#state;
    if (state.attributeTakesData === 0) state.attributeIndex = value & 0x3f;
    else {
      const index = state.attributeIndex & 0x1f;
      // the sixteen colours are closed while the screen is shown
      if (index >= ATTRIBUTE_MODE || !this.isShown) put(this.attribute, index, value);
    }
    state.attributeTakesData ^= 1;
  }

  // "Vertical Retrace End", bit 7: registers 0 to 7 cannot be written, but for bit 4 of 7
  #writeCrt(value: number): void {
    const index = this.#state.crtIndex;
    if (index > OVERFLOW || (this.crtController[PROTECT_INDEX]! & PROTECTS) === 0) put(this.crtController, index, value);
    else if (index === OVERFLOW) this.crtController[OVERFLOW] = (this.crtController[OVERFLOW]! & ~LINE_COMPARE_BIT) | (value & LINE_COMPARE_BIT);
  }

  #startPalette(index: number, mode: number): void {
    this.#state.paletteIndex = index;
    this.#state.paletteColour = 0;
    this.#state.paletteMode = mode;
  }

  #readPalette(): number {
    const value = this.palette[this.#state.paletteIndex * 3 + this.#state.paletteColour]!;
    this.#nextColour();
    return value;
  }

  #writePalette(value: number): void {
    this.palette[this.#state.paletteIndex * 3 + this.#state.paletteColour] = value & 0x3f;
    this.#nextColour();
  }

  #nextColour(): void {
    const state = this.#state;
    state.paletteColour = (state.paletteColour + 1) % 3;
    if (state.paletteColour === 0) state.paletteIndex = (state.paletteIndex + 1) & 0xff;
  }
}

/** Palettes a checkpoint names instead of writing them: those of the modes, and none. */
const PALETTES: readonly Uint8Array[] = [new Uint8Array(PALETTE_BYTES), paletteOf('text'), paletteOf('cga'), paletteOf('256')];

function put(registers: Uint8Array, index: number, value: number): void {
  if (index < registers.length) registers[index] = value;
}
