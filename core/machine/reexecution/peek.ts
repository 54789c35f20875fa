// Looks at a machine without touching it: memory through the tables as they are, page walks without accessed bits, the TLB's opinion.

import { joinU64 } from '../../base/u64.ts';
import { PEEK, READ } from '../../cpu/access.ts';
import { walkTables } from '../../cpu/page-walk.ts';
import { flagsOfLevel, pageBytesOf, rightsBehind } from '../../cpu/page-walk-levels.ts';
import { newWalkOutcome, type WalkOutcome } from '../../cpu/page-walk-steps.ts';
import { isPaging, peekPhysical } from '../../cpu/paging.ts';
import { ramAddress } from '../../cpu/physical.ts';
import { cachedPage, isCached, isHeldBy, rightsHeld, tlbIndex } from '../../cpu/tlb.ts';
import type { Cpu } from '../../cpu/state.ts';
import { ALL_RIGHTS, type PackedLevel } from '../../event/heap-lists.ts';
import type { WalkNow } from '../../event/reexecutor.ts';
import { ruleOf } from '../../event/rules.ts';
import { PAGE_BYTES } from '../options.ts';

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
    levels: levelsOf(cpu, walk), physical: isMapped ? walk.page + (linear & 0xfff) : null, tlb: tlbOpinion(cpu, linear, walk),
    rule: walk.refused === 0 ? null : ruleOf(walk.refused)?.id ?? null,
  };
}

function levelsOf(cpu: Cpu, walk: WalkOutcome): WalkNow['levels'] {
  const levels: PackedLevel[] = [];
  let rights = ALL_RIGHTS;
  for (let level = walk.top; level >= walk.last; level -= 1) {
    rights = rightsBehind(walk, level, rights);
    const entry = joinU64(walk.low[level]! >>> 0, walk.high[level]! >>> 0);
    levels.push({ level, physical: walk.physical[level]!, entry, flags: flagsOfLevel(cpu, walk, level), pageSize: pageBytesOf(walk, level), rights });
  }
  return levels;
}

function tlbOpinion(cpu: Cpu, linear: number, walk: WalkOutcome): WalkNow['tlb'] {
  const at = tlbIndex(linear);
  if (!isCached(cpu, at, linear)) return null;
  const { user, writable, noExecute } = rightsHeld(cpu, at);
  return { physical: cachedPage(cpu, at) + (linear & 0xfff), stale: !isHeldBy(cpu, at, walk), user, writable, nx: noExecute };
}
