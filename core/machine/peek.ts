// Looks at a machine without touching it: memory through the tables as they are, page walks without accessed bits, the TLB's opinion.

import { ENTRY_A, ENTRY_D, ENTRY_P, ENTRY_RW, ENTRY_US, LARGE_PAGE_BYTES } from '../arch/page-entry.ts';
import { PEEK, READ } from '../cpu/access.ts';
import { newWalkOutcome, walkTables, type WalkOutcome } from '../cpu/page-walk.ts';
import { isPaging, peekPhysical } from '../cpu/paging.ts';
import { ramAddress } from '../cpu/physical.ts';
import { cachedPage, isCached, isCachedUser, isCachedWritable, tlbIndex } from '../cpu/tlb.ts';
import type { Cpu } from '../cpu/state.ts';
import {
  RIGHT_EXECUTE, RIGHT_READ, RIGHT_USER, RIGHT_WRITE, WALK_ACCESSED, WALK_DIRTY, WALK_PRESENT, WALK_USER, WALK_WRITABLE,
} from '../event/heap-lists.ts';
import type { WalkNow } from '../event/reexecutor.ts';
import { ruleOf } from '../event/rules.ts';
import { PAGE_BYTES } from './options.ts';

/** Up to `length` bytes from a physical address on; short where RAM ends. */
export function readPhysical(cpu: Cpu, physical: number, length: number): Uint8Array {
  const at = ramAddress(cpu, physical);
  return cpu.ram.slice(Math.min(at, cpu.ramBytes), Math.min(at + length, cpu.ramBytes));
}

/** Up to `length` bytes from a linear address on; short where a page is not mapped to RAM, or the address space ends. */
export function readLinear(cpu: Cpu, linear: number, length: number): Uint8Array {
  const bytes = new Uint8Array(Math.min(length, 0x1_0000_0000 - linear));
  let done = 0;
  while (done < bytes.length) {
    const physical = ramAddress(cpu, peekPhysical(cpu, linear + done));
    if (physical < 0 || physical >= cpu.ramBytes) break;
    const inPage = Math.min(bytes.length - done, PAGE_BYTES - (physical & (PAGE_BYTES - 1)));
    bytes.set(cpu.ram.subarray(physical, physical + inPage), done);
    done += inPage;
  }
  return bytes.slice(0, done);
}

/** The page walk of a linear address with the tables as they are. With paging off: no levels, the address itself. */
export function walkNow(cpu: Cpu, linear: number): WalkNow {
  if (!isPaging(cpu)) return { levels: [], physical: linear, tlb: null, rule: null };
  const walk = newWalkOutcome();
  walkTables(cpu, linear, READ | PEEK, walk);
  const isMapped = walk.present && !walk.reserved;
  return {
    levels: levelsOf(walk), physical: isMapped ? walk.page + (linear & 0xfff) : null, tlb: tlbOpinion(cpu, linear, walk, isMapped),
    rule: walk.refused === 0 ? null : ruleOf(walk.refused)?.id ?? null,
  };
}

function levelsOf(walk: WalkOutcome): WalkNow['levels'] {
  const all = RIGHT_USER | RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE;
  const directory = level({ level: 2, physical: walk.pdePhysical, entry: walk.pde, pageSize: walk.large ? LARGE_PAGE_BYTES : 0, above: all });
  if (walk.levels === 1) return [directory];
  return [directory, level({ level: 1, physical: walk.ptePhysical, entry: walk.pte, pageSize: PAGE_BYTES, above: directory.rights })];
}

function level(read: { readonly level: number; readonly physical: number; readonly entry: number; readonly pageSize: number; readonly above: number }): WalkNow['levels'][number] {
  const { entry } = read;
  const flags = (entry & ENTRY_P ? WALK_PRESENT : 0) | (entry & ENTRY_RW ? WALK_WRITABLE : 0) | (entry & ENTRY_US ? WALK_USER : 0)
    | (entry & ENTRY_A ? WALK_ACCESSED : 0) | (entry & ENTRY_D ? WALK_DIRTY : 0);
  const allowed = (entry & ENTRY_P ? RIGHT_READ | RIGHT_EXECUTE : 0) | (entry & ENTRY_RW ? RIGHT_WRITE : 0) | (entry & ENTRY_US ? RIGHT_USER : 0);
  return { level: read.level, physical: read.physical, entry: BigInt(entry >>> 0), flags, pageSize: read.pageSize, rights: entry & ENTRY_P ? read.above & allowed : 0 };
}

function tlbOpinion(cpu: Cpu, linear: number, walk: WalkOutcome, isMapped: boolean): WalkNow['tlb'] {
  const at = tlbIndex(linear);
  if (!isCached(cpu, at, linear)) return null;
  const page = cachedPage(cpu, at);
  const agrees = isMapped && page === walk.page && isCachedUser(cpu, at) === walk.user && isCachedWritable(cpu, at) === walk.writable;
  return { physical: page + (linear & 0xfff), stale: !agrees, user: isCachedUser(cpu, at), writable: isCachedWritable(cpu, at) };
}
