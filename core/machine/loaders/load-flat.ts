// A flat image: bytes put at `org`, execution begins at `entry`. No header, no symbols.

import { BadInput } from '../../base/bad-input.ts';
import { FLAT_ORG_DEFAULT } from '../options.ts';
import type { Guest, LoadPlan } from './load-plan.ts';

/** Where a flat image goes and starts (`--org`, `--entry`, both physical = linear). Throws BadInput when it does not fit. */
export function planFlat({ image, request, memoryBytes }: Guest): LoadPlan {
  const org = checkAddress('--org', request.org ?? FLAT_ORG_DEFAULT);
  const entry = checkAddress('--entry', request.entry ?? org);
  if (image.length === 0) throw new BadInput('the image is empty: give a file with code in it');
  if (org + image.length > memoryBytes) {
    throw new BadInput(`the image (${String(image.length)} bytes at 0x${org.toString(16)}) does not fit into ${String(memoryBytes)} bytes of memory: give a larger --memory or a lower --org`);
  }
  if (entry < org || entry >= org + image.length) {
    throw new BadInput(`--entry 0x${entry.toString(16)} lies outside the image, which is loaded at 0x${org.toString(16)} to 0x${(org + image.length).toString(16)}`);
  }
  return { format: 'flat', org, entry, parts: [{ physical: org, bytes: image, memoryBytes: image.length }], start: { kind: 'protected' }, disk: null, notes: [] };
}

/** A 32-bit address given by a person. Throws BadInput. */
export function checkAddress(option: string, address: number): number {
  if (!Number.isInteger(address) || address < 0 || address > 0xffff_ffff) throw new BadInput(`${option} ${String(address)} is not a 32-bit address: give 0 to 0xffffffff`);
  return address;
}
