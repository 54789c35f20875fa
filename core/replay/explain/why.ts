// The sentence and the named operands of one step: values in the format the rule's reading gives, words from phrases.ts.

import { namesOfSetBits } from '../../arch/bit-field.ts';
import { featureText } from '../../arch/cpu-models.ts';
import { describeRights, dplOf } from '../../arch/descriptor.ts';
import { MXCSR_FIELDS } from '../../arch/float-file.ts';
import { ENTRY_RW, ENTRY_US, HIGH_XD } from '../../arch/page-entry.ts';
import { RIGHTS_UNUSABLE, SEGMENT_NAMES } from '../../arch/register-file.ts';
import { vectorName } from '../../arch/vectors.ts';
import { hex } from '../../base/u64.ts';
import type { HeardCheck } from '../../event/heard.ts';
import type { StepOutcome } from '../../event/ladder.ts';
import { readingOf, type Operand } from '../../event/rule-readings.ts';
import type { Rule, RuleId } from '../../event/rules.ts';
import { PHRASES } from './phrases.ts';

/** What was compared, as one sentence without a full stop. */
export function whyOf({ id }: Rule, outcome: StepOutcome, check: Pick<HeardCheck, 'a' | 'b'>): string {
  const [pass, fail] = PHRASES[id as RuleId];
  const { operands } = readingOf(id);
  return (outcome === 'fail' ? fail : pass).replace('{a}', textOf(operands[0], check.a)).replace('{b}', spoken(operands[1], check.b));
}

/** The operands of a check by name. */
export function operandsOf({ id }: Rule, { a, b }: Pick<HeardCheck, 'a' | 'b'>): Readonly<Record<string, string>> {
  const named = readingOf(id).operands.map((operand, index) => [operand.name, textOf(operand, index === 0 ? a : b)] as const);
  return Object.fromEntries<string>(named.filter(([, text]) => text !== ''));
}

// what a processor lacks is said only where it lacks something
function spoken(operand: Operand | undefined, value: number): string {
  const text = textOf(operand, value);
  return operand?.format === 'features' && text !== '' ? ` without ${text}` : text;
}

const ACCESS_TYPES = ['read', 'write', 'fetch'];

function textOf(operand: Operand | undefined, value: number): string {
  if (operand === undefined) return hex(value);
  switch (operand.format) {
    case 'features': return value === 0 ? '' : featureText(value);
    case 'hex': return hex(value);
    case 'decimal': return String(value);
    case 'rights': return rightsText(value);
    case 'segment': return (SEGMENT_NAMES[value] ?? hex(value)).toUpperCase();
    case 'vector': return vectorName(value);
    case 'access': return `${(value & 8) !== 0 ? 'implicit supervisor' : (value & 4) !== 0 ? 'user' : 'supervisor'} ${ACCESS_TYPES[value & 3] ?? '?'}`;
    case 'page-rights': return `${(value & ENTRY_US) !== 0 ? 'user' : 'supervisor'}, ${(value & ENTRY_RW) !== 0 ? 'writable' : 'read-only'}${(value & HIGH_XD) !== 0 ? ', not executable' : ''}`;
    case 'bits': return bitsText(value, 0);
    case 'high-bits': return bitsText(value, 32);
    case 'exceptions': return [...namesOfSetBits(BigInt(value), MXCSR_FIELDS)].reverse().join(', ');
  }
}

const BITS_SHOWN = 4;
function bitsText(value: number, first: number): string {
  const set = Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => ((value >>> bit) & 1) !== 0);
  if (set.length === 0) return 'none';
  const shown = set.slice(0, BITS_SHOWN).map((bit) => String(bit + first)).join(', ');
  return set.length > BITS_SHOWN ? `${shown} and ${String(set.length - BITS_SHOWN)} more` : shown;
}

function rightsText(rights: number): string {
  if ((rights & RIGHTS_UNUSABLE) !== 0) return 'nothing usable';
  return `${describeRights(rights)}, DPL ${String(dplOf(rights))}`;
}
