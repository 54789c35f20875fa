// Random x87 cases on the core and on the host: what differs, and which differences between processors are known.

import { floatDifferences, type FloatCase } from './float-case.ts';
import { runOnHost } from './host-float.ts';
import type { Random } from './random.ts';
import { x87Case } from './x87-cases.ts';
import { runFloatOnCore } from './x87-here.ts';

export interface X87Failure { readonly one: FloatCase; readonly differences: readonly string[] }
/** `excused`: cases that differ in nothing but what `excuseOf` knows. */
export interface X87Comparison { readonly compared: number; readonly excused: number; readonly failures: readonly X87Failure[] }

const C1 = 0x200;
const STATUS = /^status word 0x([0-9a-f]+) against 0x([0-9a-f]+)$/;

/** Why a difference of a case is none of ours, or null. */
export function excuseOf({ text }: FloatCase, difference: string): string | null {
  const [, ours, theirs] = STATUS.exec(difference) ?? [];
  if (ours === undefined || theirs === undefined) return null;
  // SDM 2A "FCOMI/FCOMIP/FUCOMI/FUCOMIP": C1 is set to 0
  if (/^fu?comip? /.test(text) && (parseInt(ours, 16) ^ parseInt(theirs, 16)) === C1) return 'AMD processors leave C1 as it was after FCOMI';
  return null;
}

/** Makes `count` random cases and compares them. */
export function compareX87(random: Random, count: number): X87Comparison {
  const cases = Array.from({ length: count }, () => x87Case(random));
  const ours = runFloatOnCore(cases), theirs = runOnHost(cases.map(({ record }) => record));
  let excused = 0;
  const failures = cases.flatMap((one, index) => {
    const found = floatDifferences(one, ours[index]!, theirs[index]!), differences = found.filter((difference) => excuseOf(one, difference) === null);
    if (differences.length === 0 && found.length > 0) excused += 1;
    return differences.length === 0 ? [] : [{ one, differences }];
  });
  return { compared: cases.length, excused, failures };
}
