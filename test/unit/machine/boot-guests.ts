// Boot sectors and ROMs for tests, as bytes with their assembly beside them: 16-bit code at 0x7C00, padded and signed.

const word = (value: number): number[] => [value & 0xff, (value >>> 8) & 0xff];

/** A disk of one sector, or of `bytes` bytes: code, then 55 AA at the end of the first sector. */
export function bootDisk(code: readonly number[], bytes = 512): Uint8Array {
  if (code.length > 510) throw new Error('a boot sector has 510 bytes of code');
  const disk = new Uint8Array(bytes);
  disk.set(code);
  disk.set([0x55, 0xaa], 510);
  return disk;
}

/** mov ax, AX / mov bx, BX / mov cx, CX / mov dx, DX / mov si, SI / mov di, DI, for those given; then int VECTOR */
export function call(vector: number, registers: Readonly<Partial<Record<'ax' | 'bx' | 'cx' | 'dx' | 'si' | 'di' | 'bp', number>>>): number[] {
  const opcodes = { ax: 0xb8, cx: 0xb9, dx: 0xba, bx: 0xbb, bp: 0xbd, si: 0xbe, di: 0xbf } as const;
  return [...Object.entries(registers).flatMap(([name, value]) => [opcodes[name as keyof typeof opcodes], ...word(value)]), 0xcd, vector];
}
/** mov al, VALUE / out 0xf4, al */
export const exit = (value: number): number[] => [0xb0, value, 0xe6, 0xf4];
/** hlt with interrupts off: cli / hlt */
export const STOP = [0xfa, 0xf4];

/** 64 KiB of ROM: code at its beginning, a jump to it (jmp 0xf000:0) at the reset vector. */
export function rom(code: readonly number[], bytes = 0x1_0000): Uint8Array {
  const image = new Uint8Array(bytes);
  image.set(code, bytes - 0x1_0000);
  image.set([0xea, 0, 0, 0, 0xf0], bytes - 16);
  return image;
}
