// The inspector's facts as plain text, for the clipboard.

import type { Decoded, EventFacts } from '../../core/replay/facts.ts';
import { contentOf, type FloatView } from '../../core/replay/float-state.ts';
import type { RegisterRow, StateView } from '../../core/replay/state.ts';
import { levelsOfFault, levelsText } from './walk.ts';

/** An event with everything the record says about it. */
export function factsText(sentence: string, facts: EventFacts): string {
  const lines = [sentence, ...facts.basics.map((fact) => `${fact.label}: ${fact.value}${fact.meaning === null ? '' : ` (${fact.meaning})`}`)];
  if (facts.rule !== null) lines.push(`failed check: ${facts.rule.title} [${facts.rule.id}], ${facts.rule.cite}`);
  if (facts.errorCode !== null) lines.push(decodedText(facts.errorCode));
  if (facts.written !== null) lines.push(decodedText(facts.written));
  if (facts.walk !== null) lines.push(walkText(facts.walk));
  if (facts.sides.length > 0) lines.push(sidesText(facts.sides));
  if (facts.frame !== null) lines.push(frameText(facts.frame));
  if (facts.gate !== null) lines.push(decodedText(facts.gate));
  if (facts.stackFrom !== null) lines.push(`stack from ${facts.stackFrom.label}: ${facts.stackFrom.value}`);
  return lines.join('\n');
}

/** A value and its fields, one a line. */
export function decodedText(value: Decoded): string {
  const head = `${value.label}: ${value.value}${value.meaning === null ? '' : ` (${value.meaning})`}`;
  return [head, ...value.bits.map((bit) => `  ${bit.name} = ${bit.value}  ${bit.title}`)].join('\n');
}

/** A page walk, one level a line. */
export function walkText(walk: NonNullable<EventFacts['walk']>): string {
  return ['page walk:', levelsText(levelsOfFault(walk, []), null), `  verdict: ${walk.rights}${walk.rule === null ? '' : `, failed: ${walk.rule.title} [${walk.rule.id}]`}`].join('\n');
}

/** Both sides of a transition. */
export function sidesText(sides: EventFacts['sides']): string {
  return ['transition:', ...sides.map((side) => `  ${side.label}: ${side.from} -> ${side.to}`)].join('\n');
}

/** The slots of a frame, from the lowest address. */
export function frameText(frame: NonNullable<EventFacts['frame']>): string {
  return [`frame ${frame.pushed ? 'pushed' : 'popped'}:`, ...frame.rows.map((row) => `  ${row.linear}: ${row.name} = ${row.value}${row.meaning === null ? '' : ` (${row.meaning})`}`)].join('\n');
}

/** General registers, pointer and flags. */
export function registersText(state: StateView): string {
  return [...state.general, ...state.pointer].map(registerLine).join('\n');
}

/** x87 stack, control words and XMM registers. */
export function floatText(view: FloatView): string {
  const names = (bits: FloatView['control'][number]['bits']): string => bits.filter((bit) => bit.isSet).map((bit) => (bit.isFlag ? bit.name : `${bit.name}=${bit.value}`)).join(' ');
  return [
    ...view.stack.map((one) => `${one.name}: ${one.hex} (${contentOf(one)})`),
    ...view.control.map((one) => `${one.name}: ${one.hex} ${names(one.bits)}`.trimEnd()), ...view.xmm.map((one) => `${one.name}: ${one.hex}`),
  ].join('\n');
}

/** Segments, tables, control registers and MSRs. */
export function systemText(state: StateView): string {
  const segments = state.segments.map((one) => `${one.name}: ${one.selector} base ${one.base} limit ${one.limit} (${one.meaning})`);
  const tables = state.tables.map((one) => `${one.name}: base ${one.base} limit ${one.limit}`);
  return [...segments, ...tables, ...state.control.map(registerLine), ...state.msrs.map(registerLine)].join('\n');
}

function registerLine(row: RegisterRow): string {
  return `${row.label} = ${row.hex}${row.other === null ? '' : ` (was ${row.other})`}`;
}
