// A value in guest memory that a change sets: its bytes wherever its pages put them, written as a device writes.

import { BadInput } from '../../base/bad-input.ts';
import { hex } from '../../base/u64.ts';
import { peekPhysical } from '../../cpu/paging.ts';
import { ramAddress, writeByDevice } from '../../cpu/physical.ts';
import type { Cpu } from '../../cpu/state.ts';

/** Where each byte of a value lies in RAM, the lowest first. */
export type Places = readonly number[];

/** The places of `bytes` bytes from a linear address on, by the page tables as they are. Throws BadInput where they do not map it to RAM. */
export function linearPlaces(cpu: Cpu, linear: number, bytes: number): Places {
  return Array.from({ length: bytes }, (_, index) => {
    const at = (linear + index) >>> 0;
    const physical = peekPhysical(cpu, at);
    if (physical < 0) throw new BadInput(`the page tables do not map linear ${hex(at)}`);
    return placeOf(cpu, physical);
  });
}

/** The places of `bytes` bytes from a physical address on. Throws BadInput outside RAM. */
export function physicalPlaces(cpu: Cpu, physical: number, bytes: number): Places {
  return Array.from({ length: bytes }, (_, index) => placeOf(cpu, physical + index));
}

function placeOf(cpu: Cpu, physical: number): number {
  const at = ramAddress(cpu, physical);
  if (at >= cpu.ramBytes) throw new BadInput(`there is no memory at physical ${hex(physical)}`);
  return at;
}

/** The value there, little-endian. */
export function readPlaces(cpu: Cpu, places: Places): bigint {
  return places.reduceRight((value, place) => (value << 8n) | BigInt(cpu.ram[place]!), 0n);
}

/** Writes the bytes that differ; which they are, as words: `byte at physical 0x10442d`. Empty when none does. */
export function writePlaces(cpu: Cpu, places: Places, value: bigint): string {
  const changed = places.flatMap((place, index) => {
    const byte = Number((value >> BigInt(index * 8)) & 0xffn);
    return cpu.ram[place] === byte ? [] : [{ place, byte }];
  });
  for (const { place, byte } of changed) writeByDevice(cpu, place, Uint8Array.of(byte));
  const first = changed[0];
  if (first === undefined) return '';
  return changed.length === 1 ? `byte at physical ${hex(first.place)}` : `${String(changed.length)} bytes from physical ${hex(first.place)} on`;
}
