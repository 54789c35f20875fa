// Guests that take interrupts, for tests of devices and the run loop: flat images at 1 MiB with GDT and IDT, their assembly beside them.

const ORG = 0x10_0000, GDT_POINTER = 0x300, IDT_POINTER = 0x308, GDT = 0x310, HANDLERS = 0x340, IDT = 0x400, VECTORS = 0x40;
/** Where handlers count: a byte the guest compares. */
export const TICKS = 0x20_0100;
const word = (value: number): number[] => [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff];

export interface Guest {
  /** Bytes written to ports before the code begins: mov al, VALUE / out PORT, al. */
  readonly setup?: readonly (readonly [port: number, value: number])[];
  readonly code: readonly number[];
  /** Interrupt handlers by vector. */
  readonly handlers?: Readonly<Record<number, readonly number[]>>;
}

/** mov esp, 0x200000 / lgdt / lidt, the setup, the code. */
export function guest({ setup = [], code, handlers = {} }: Guest): Uint8Array {
  const image = new Uint8Array(IDT + VECTORS * 8);
  image.set([
    0xbc, ...word(0x20_0000), 0x0f, 0x01, 0x15, ...word(ORG + GDT_POINTER), 0x0f, 0x01, 0x1d, ...word(ORG + IDT_POINTER),
    ...setup.flatMap(([port, value]) => [0xb0, value, 0xe6, port]), ...code,
  ]);
  image.set([0x17, 0, ...word(ORG + GDT)], GDT_POINTER);
  image.set([0xff, 1, ...word(ORG + IDT)], IDT_POINTER);
  image.set([0xff, 0xff, 0, 0, 0, 0x9a, 0xcf, 0, 0xff, 0xff, 0, 0, 0, 0x92, 0xcf, 0], GDT + 8);
  let at = HANDLERS;
  for (const [vector, bytes] of Object.entries(handlers)) {
    image.set(bytes, at);
    image.set([at & 0xff, at >>> 8, 8, 0, 0, 0x8e, ORG >>> 16, 0], IDT + Number(vector) * 8);
    at += bytes.length;
  }
  return image;
}

/** The 8259 pair at vectors 0x20 and 0x28, only line 0 open. */
export const PIC_SETUP = [[0x20, 0x11], [0x21, 0x20], [0x21, 4], [0x21, 1], [0xa0, 0x11], [0xa1, 0x28], [0xa1, 2], [0xa1, 1], [0x21, 0xfe], [0xa1, 0xff]] as const;
/** Counter 0 in the mode of a control word, with this count. */
export const pitSetup = (control: number, count: number): readonly (readonly [number, number])[] => [[0x43, control], [0x40, count & 0xff], [0x40, count >>> 8]];

/** push eax / inc byte [TICKS] / mov al, 0x20 / out 0x20, al / pop eax / iret */
export const COUNTS_AND_ENDS = [0x50, 0xfe, 0x05, ...word(TICKS), 0xb0, 0x20, 0xe6, 0x20, 0x58, 0xcf];
/** inc byte [TICKS] / iret */
export const COUNTS = [0xfe, 0x05, ...word(TICKS), 0xcf];
/** mov al, [TICKS] / out 0xf4, al */
export const EXITS_WITH_TICKS = [0xa0, ...word(TICKS), 0xe6, 0xf4];

/**
 * sti / busy: mov esi, 0x100000 / mov edi, 0x210000 / mov ecx, 300 / rep movsb / cmp byte [TICKS], 5 / jb busy
 * / sleep: hlt / cmp byte [TICKS], 8 / jb sleep / exit with the ticks. Interrupts come inside a REP, between, and at HLT.
 */
export const BUSY_THEN_SLEEPS = guest({
  setup: [...PIC_SETUP, ...pitSetup(0x34, 100)],
  code: [
    0xfb, 0xbe, ...word(0x10_0000), 0xbf, ...word(0x21_0000), 0xb9, ...word(300), 0xf3, 0xa4, 0x80, 0x3d, ...word(TICKS), 5, 0x72, 0xe6,
    0xf4, 0x80, 0x3d, ...word(TICKS), 8, 0x72, 0xf6, ...EXITS_WITH_TICKS,
  ],
  handlers: { 0x20: COUNTS_AND_ENDS },
});
