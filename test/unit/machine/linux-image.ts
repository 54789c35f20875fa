// A bzImage of a few bytes for tests: a setup header as the boot protocol describes it, in front of machine code.

export interface LinuxRecipe {
  readonly code: readonly number[];
  readonly version?: number;
  readonly loadFlags?: number;
  readonly extraFlags?: number;
  readonly initSize?: number;
  readonly ramDiskMax?: number;
  readonly commandLineSize?: number;
}

const SETUP_SECTORS = 2;

export function linuxImage({ code, version = 0x20f, loadFlags = 1, extraFlags = 0, initSize = 0x1000, ramDiskMax = 0x7fff_ffff, commandLineSize = 2047 }: LinuxRecipe): Uint8Array<ArrayBuffer> {
  const kernelBytes = Math.ceil(code.length / 16) * 16;
  const image = new Uint8Array((SETUP_SECTORS + 1) * 512 + kernelBytes);
  const view = new DataView(image.buffer);
  image.set([0x4d, 0x5a]);
  image[0x1f1] = SETUP_SECTORS;
  view.setUint32(0x1f4, kernelBytes / 16, true);
  image.set([0x55, 0xaa, 0xeb, 0x6a, 0x48, 0x64, 0x72, 0x53], 0x1fe);
  view.setUint16(0x206, version, true);
  image[0x211] = loadFlags;
  view.setUint32(0x22c, ramDiskMax, true);
  view.setUint16(0x236, extraFlags, true);
  view.setUint32(0x238, commandLineSize, true);
  view.setUint32(0x258, 0x10_0000, true);
  view.setUint32(0x260, initSize, true);
  image.set(code, (SETUP_SECTORS + 1) * 512);
  return image;
}
