// Tells the scenarios that are boot disks from the ELF executables: by their bytes.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './programs.ts';

const ELF_MAGIC = '\u007fELF';

/** True for a disk image: whole sectors, the first one signed 55 AA, and no ELF file. */
export function isBootDisk(image: Buffer): boolean {
  return image.length % 512 === 0 && image.readUInt16LE(510) === 0xaa55 && image.toString('latin1', 0, 4) !== ELF_MAGIC;
}

/** True when the scenario of this name is one. */
export function isBootScenario(name: string): boolean {
  return isBootDisk(readFileSync(path.join(ROOT, 'traces', `${name}.img`)));
}
