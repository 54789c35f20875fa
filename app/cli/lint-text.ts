// A lint as text and as JSON, for `lint` and for `explain` of a set-up event.

import { hex } from '../../core/base/u64.ts';
import type { JsonValue } from '../../core/event/json.ts';
import type { Lint } from '../../core/replay/lints.ts';

/** What stands under a lint's sentence: the rule that would not hold, and where it came true. */
export function lintDetails({ title, rule, cite, cameTrue }: Lint): readonly string[] {
  return [`not: ${title} [${rule}], ${cite}`, ...(cameTrue === null ? [] : [`came true at event ${String(cameTrue)}`])];
}

/** The fields of a lint, addresses and values as exact hexadecimal strings. */
export function lintJson(lint: Lint): { readonly [name: string]: JsonValue } {
  const { seq, severity, trial, vectors, rule, title, cite, fault, sentence, step, read, linear, cameTrue } = lint;
  return {
    seq, severity, trial, vectors: vectors.map(hex), rule, title, cite, fault, sentence, operands: step?.operands ?? {},
    read: read === null ? null : { what: read.what, linear: read.linear === null ? null : hex(read.linear), physical: hex(read.physical), size: read.size, value: hex(read.value) },
    linear: linear === null ? null : hex(linear), cameTrue,
  };
}
