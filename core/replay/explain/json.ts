// An explanation as JSON, as EVENTS.md says under "Check ladder", with what goes beyond it: basis, value, writer, walk, cascade, chain, remedies.

import { eventJson, writerJson, type JsonValue } from '../../event/json.ts';
import type { LadderAccess, LadderStep } from '../../event/ladder.ts';
import type { CauseLink, NamedLevel, Explanation, Place, TssField, ValueRead } from './explanation.ts';

const hex = (value: bigint): string => `0x${value.toString(16)}`;
const hexOrNull = (value: bigint | null): string | null => (value === null ? null : hex(value));

/** The JSON value `explain --json` prints. */
export function explanationJson(one: Explanation): { readonly [name: string]: JsonValue } {
  return {
    event: eventJson(one.event, (_, level) => one.walk.find((row) => row.physical === BigInt(level.physical) && row.level === level.level)?.lastWriter ?? { absent: 'not looked for' }),
    basis: one.basis.kind === 'absent' ? { absent: one.basis.reason } : one.basis.kind,
    steps: one.steps.map(stepJson),
    writes: one.writes.map(accessJson),
    ...(one.cut ? { cut: true } : {}),
    failed: one.failed?.rule ?? null,
    value: one.value === null ? null : valueJson(one.value),
    lastWriter: one.lastWriter === null ? null : writerJson(one.lastWriter),
    writerSymbol: one.writerSymbol,
    errorCode: errorCodeJson(one.errorCode),
    walk: one.walk.map(levelJson),
    sources: one.sources.map(({ register, value, from, lastWriter, writerSymbol }) => ({ register, value, from, lastWriter: writerJson(lastWriter), writerSymbol })),
    carriedFlags: one.carriedFlags,
    tss: one.tss.map(tssJson),
    cascade: one.cascade.map(({ seq, name, when, rule, title, pair }) => ({ seq, name, when, rule, title, pair: pair === null ? null : { ...pair } })),
    chain: one.chain.map(linkJson),
    remedy: one.remedy,
    remedies: one.remedies,
    differences: one.differences.map(({ id, title, others, here, cite }) => ({ id, title, here, others: others.map((other) => ({ ...other })), cite })),
    consequence: one.consequence,
  };
}

function stepJson({ rule, title, cite, outcome, why, operands, accesses, group }: LadderStep): JsonValue {
  return { rule, title, cite, outcome, why, operands, accesses: accesses.map(accessJson), group: { ...group } };
}

function accessJson({ what, part, linear, physical, size, value, write }: LadderAccess): JsonValue {
  return { what, ...(part === null ? {} : { part }), linear: hexOrNull(linear), physical: hex(physical), size, value: hex(value), write };
}

function valueJson({ name, value, meaning, from }: ValueRead): JsonValue {
  const where: JsonValue = from.kind === 'register' ? { ...from } : { kind: from.kind, linear: hexOrNull(from.linear), physical: hexOrNull(from.physical), size: from.size };
  return { name, value, meaning, from: where };
}

function errorCodeJson(code: Explanation['errorCode']): JsonValue {
  if (code === null) return null;
  const { value, meaning, fields, table, index, entry } = code;
  const at: JsonValue = entry === null || 'absent' in entry ? entry : { linear: hex(entry.linear), physical: hex(entry.physical), raw: entry.raw, meaning: entry.meaning };
  return { value, meaning, fields: fields.map((field) => ({ ...field })), table, index, entry: at };
}

function levelJson({ level, physical, entry, register, meaning, rightsSoFar, took, reserved, sets, lastWriter, writerSymbol }: NamedLevel): JsonValue {
  return { level, physical: hex(physical), entry: hex(entry), ...(register === null ? {} : { register: register.name, stale: register.stale }), meaning, rightsSoFar, took, reserved, sets, lastWriter: writerJson(lastWriter), writerSymbol };
}

function tssJson({ tr, base, limit, name, offset, physical, value, lastWriter, writerSymbol }: TssField): JsonValue {
  return { tr, base: hex(base), limit, name, offset, physical: hex(physical), value, lastWriter: writerJson(lastWriter), writerSymbol };
}

function linkJson({ text, kind, place, ip, symbol }: CauseLink): JsonValue {
  return { text, kind, place: place === null ? null : placeJson(place), ip: hexOrNull(ip), symbol };
}

function placeJson({ event, at }: Place): JsonValue {
  return { event, at: at === null ? null : { ...at } };
}
