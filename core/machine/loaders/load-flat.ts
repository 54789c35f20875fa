// A flat image: bytes put at `org`, execution begins at `entry`, in protected mode or, above the BIOS, in real-address mode. No header, no symbols.

import { BadInput } from '../../base/bad-input.ts';
import { drivesOf, FIRST_FLOPPY, FIRST_HARD_DISK } from '../disks/drives.ts';
import { FLAT_ORG_DEFAULT, FLAT_REAL_ORG_DEFAULT } from '../options.ts';
import type { Guest, LoadPlan, Start } from './load-plan.ts';

/** What real-address mode reaches with CS:IP, 1 MiB. */
const REAL_END = 0x10_0000;

/** Where a flat image goes and starts (`--org`, `--entry`, both physical = linear, `--start`). Throws BadInput when it does not fit. */
export function planFlat(guest: Guest): LoadPlan {
  const { image, request, memoryBytes } = guest;
  const isReal = request.start === 'real';
  const org = checkAddress('--org', request.org ?? (isReal ? FLAT_REAL_ORG_DEFAULT : FLAT_ORG_DEFAULT));
  const entry = checkAddress('--entry', request.entry ?? org);
  if (image.length === 0) throw new BadInput('the image is empty: give a file with code in it');
  if (org + image.length > memoryBytes) {
    throw new BadInput(`the image (${String(image.length)} bytes at 0x${org.toString(16)}) does not fit into ${String(memoryBytes)} bytes of memory: give a larger --memory or a lower --org`);
  }
  if (entry < org || entry >= org + image.length) {
    throw new BadInput(`--entry 0x${entry.toString(16)} lies outside the image, which is loaded at 0x${org.toString(16)} to 0x${(org + image.length).toString(16)}`);
  }
  if (isReal && entry >= REAL_END) throw new BadInput(`code in real-address mode lies below 1 MiB, not at 0x${entry.toString(16)}: give a lower --org`);
  return { format: 'flat', org, entry, parts: [{ physical: org, bytes: image, memoryBytes: image.length }], start: isReal ? realStart(guest) : { kind: 'protected' }, hasBios: isReal, disk: null, notes: [] };
}

function realStart({ files }: Guest): Start {
  return { kind: 'boot', drive: drivesOf(null, files).hardDisks.length > 0 ? FIRST_HARD_DISK : FIRST_FLOPPY };
}

/** A 32-bit address given by a person. Throws BadInput. */
export function checkAddress(option: string, address: number): number {
  if (!Number.isInteger(address) || address < 0 || address > 0xffff_ffff) throw new BadInput(`${option} ${String(address)} is not a 32-bit address: give 0 to 0xffffffff`);
  return address;
}
