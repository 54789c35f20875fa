// Where things lie in physical memory at a point of a recording: bytes by linear or physical address, entries of GDT, LDT, IDT and TSS, page
// entries. Addresses come from the registers and tables of that point; nothing here decides what the architecture allows.

import { entryBytes } from '../../arch/page-entry.ts';
import { RIGHTS_UNUSABLE, registerOffset } from '../../arch/register-file.ts';
import { TYPE_TSS16, TYPE_TSS16_BUSY, typeOf } from '../../arch/descriptor.ts';
import { TSS32_FIELDS, tssStackPlace } from '../../arch/tss.ts';
import { hex } from '../../base/u64.ts';
import { walkLevel } from '../../event/heap-lists.ts';
import { MODES } from '../../event/kinds.ts';
import type { Position } from '../../event/position.ts';
import type { WalkNow } from '../../event/reexecutor.ts';
import type { SymbolTable } from '../../symbols/symbol-table.ts';
import { momentAt, type Replay } from '../cursor.ts';
import { modeOf } from '../expression/moment.ts';
import type { WriterSource } from '../last-writer.ts';
import { noExecution } from '../search.ts';
import { eventAt } from '../source.ts';

/** A trace whose events can be read, with what may answer between them, and the names of its image. */
export interface WriterReplay extends Replay { readonly trace: WriterSource; readonly symbols: SymbolTable | null }

/** Bytes of physical memory, at most 8 of one page. */
export interface Piece { readonly physical: number; readonly length: number }
export interface Place {
  /** `gate 0x80 of the IDT`, `4 bytes at 0x401000`. */
  readonly name: string;
  /** Null for what is addressed physically. */
  readonly linear: bigint | null;
  readonly length: number;
  /** In order, lowest byte first. */
  readonly pieces: readonly Piece[];
}
export interface Absent { readonly absent: string }
export const isAbsent = (one: object): one is Absent => 'absent' in one;

/** Tables of the segmentation and interrupt mechanisms, whose entries are found by registers. */
export type SystemTable = 'gdt' | 'ldt' | 'idt' | 'tss';
/** Most bytes one question may be about. */
export const PLACE_BYTES_MAX = 64;

const PAGE_BYTES = 4096, PIECE_BYTES = 8;

/** Registers at a point: recorded where an event stands there, executed again elsewhere. */
export async function registersAt(replay: WriterReplay, at: Position): Promise<Uint32Array | Absent> {
  const event = eventAt(replay.trace, at);
  if (event !== null && replay.trace.hasState) return replay.trace.stateBefore(event);
  const reply = await momentAt(replay, at);
  return reply.kind === 'moment' ? reply.moment.registers : { absent: reply.reason };
}

/** The walk of a linear address at a point, with the tables as they are. */
export async function walkNowAt(replay: WriterReplay, at: Position, linear: number): Promise<WalkNow | Absent> {
  if (replay.reexecutor === null) return { absent: noExecution('where this address lies', replay.absent) };
  const reply = await replay.reexecutor.ask({ kind: 'walk', at, linear });
  if (reply.kind === 'walk') return reply.walk;
  return { absent: reply.kind === 'absent' ? reply.reason : 'the recording does not reach this point' };
}

/** Physical bytes as a place. */
export function placePhysical(physical: number, length: number, name = `${bytesText(length)} at physical ${hex64(physical)}`): Place {
  return { name, linear: null, length, pieces: cut(physical, length) };
}

/** Bytes at a linear address, through the tables of that point. */
export async function placeLinear(replay: WriterReplay, at: Position, { linear, length, name }: { readonly linear: number; readonly length: number; readonly name?: string }): Promise<Place | Absent> {
  const title = name ?? `${bytesText(length)} at ${hex64(linear)}`;
  const pieces: Piece[] = [];
  for (let done = 0; done < length;) {
    const from = (linear + done) % 0x1_0000_0000;
    const inPage = Math.min(length - done, PAGE_BYTES - (from % PAGE_BYTES));
    const walk = await walkNowAt(replay, at, from);
    if (isAbsent(walk)) return walk;
    if (walk.physical === null) return { absent: `${title}: no page is mapped at ${hex64(from)} at this point` };
    pieces.push(...cut(walk.physical, inPage));
    done += inPage;
  }
  return { name: title, linear: BigInt(linear), length, pieces };
}

/** Where an entry of a table lies, by linear address: `index` counts entries of 8 bytes (vectors: 4), in the TSS doublewords. */
export interface EntryPlace { readonly name: string; readonly linear: number; readonly length: number; readonly table: SystemTable; readonly index: number }

/** Where an entry lies at a point, by the registers of that point; absent when the table does not reach so far. */
export function entryOf(registers: Uint32Array, { table, index }: { readonly table: SystemTable; readonly index: number }): EntryPlace | Absent {
  const { base, limit, unit, owner } = tableOf(registers, table);
  if (limit < 0) return { absent: `there is no ${owner} at this point` };
  if (index * unit + unit - 1 > limit) return { absent: `the ${owner} ends before entry ${entryNumber(table, index)}: its limit is ${hex(limit)}` };
  const name = table === 'tss' ? `doubleword ${String(index)} of the TSS` : unit === 4 ? `vector ${hex(index)}` : table === 'idt' ? `gate ${hex(index)} of the IDT` : `entry ${String(index)} of the ${owner}`;
  return { name, linear: (base + index * unit) >>> 0, length: unit, table, index };
}

/** A field of the current TSS by its name in core/arch/tss.ts: `esp0`, `ss0`, `cr3`. */
export function tssFieldOf(registers: Uint32Array, field: string): EntryPlace | Absent {
  const { base, limit } = tableOf(registers, 'tss');
  if (limit < 0) return { absent: 'there is no TSS at this point' };
  const type = typeOf(registers[registerOffset('tr.rights')]!);
  const found = type === TYPE_TSS16 || type === TYPE_TSS16_BUSY ? field16(field) : TSS32_FIELDS.find((one) => one.name.toLowerCase() === field.toLowerCase()) ?? null;
  if (found === null) return { absent: `a TSS of this kind has no field ${JSON.stringify(field)}` };
  if (found.offset + found.bytes - 1 > limit) return { absent: `the TSS ends before ${field}: its limit is ${hex(limit)}` };
  return { name: `${found.name} of the TSS`, linear: (base + found.offset) >>> 0, length: found.bytes, table: 'tss', index: found.offset >>> 2 };
}

/** Where an entry lies in memory at a point. */
export async function placeEntry(replay: WriterReplay, at: Position, which: { readonly table: SystemTable; readonly index: number } | { readonly tssField: string }): Promise<Place | Absent> {
  const registers = await registersAt(replay, at);
  if (isAbsent(registers)) return registers;
  const entry = 'tssField' in which ? tssFieldOf(registers, which.tssField) : entryOf(registers, which);
  return isAbsent(entry) ? entry : placeLinear(replay, at, entry);
}

/** The PDPTE (level 3), page-directory (2) or page-table entry (1) that a linear address is translated by at a point. */
export async function placePageEntry(replay: WriterReplay, at: Position, { level, linear }: { readonly level: number; readonly linear: number }): Promise<Place | Absent> {
  const walk = await walkNowAt(replay, at, linear);
  if (isAbsent(walk)) return walk;
  const found = walk.levels.find((one) => one.level === level);
  const name = `the ${PAGE_ENTRY_NAMES[level] ?? 'page entry'} of ${hex64(linear)}`;
  if (found !== undefined) return placePhysical(found.physical, entryBytes(walkLevel(found).paging), name);
  if (walk.levels.length === 0) return { absent: 'paging is off at this point: there are no page entries' };
  if (level > walk.levels[0]!.level) return { absent: '32-bit paging has no PDPTEs' };
  if (walk.levels.at(-1)!.level > 2) return { absent: `there is no page directory for ${hex64(linear)} at this point: its PDPTE register is not present` };
  return { absent: `there is no page table for ${hex64(linear)} at this point: its page directory entry ${walk.levels.at(-1)!.pageSize === 0 ? 'is not present' : 'maps the page itself'}` };
}

const PAGE_ENTRY_NAMES: readonly string[] = ['', 'page table entry', 'page directory entry', 'PDPTE'];

interface Table { readonly base: number; readonly limit: number; readonly unit: number; readonly owner: string }

function tableOf(registers: Uint32Array, table: SystemTable): Table {
  const word = (name: string): number => registers[registerOffset(name)]!;
  const isReal = MODES[modeOf(registers)] === 'real';
  if (table === 'idt') return { base: word('idtr.base'), limit: word('idtr.limit'), unit: isReal ? 4 : 8, owner: isReal ? 'vector table' : 'IDT' };
  if (table === 'gdt') return { base: word('gdtr.base'), limit: isReal ? -1 : word('gdtr.limit'), unit: 8, owner: 'GDT' };
  const register = table === 'ldt' ? 'ldtr' : 'tr';
  const isNone = isReal || (word(`${register}.rights`) & RIGHTS_UNUSABLE) !== 0 || word(`${register}.selector`) === 0;
  return { base: word(`${register}.base`), limit: isNone ? -1 : word(`${register}.limit`), unit: table === 'ldt' ? 8 : 4, owner: table.toUpperCase() };
}

/** The stacks of the inner rings and the link are where both kinds of TSS keep them under the same names. */
function field16(name: string): { readonly name: string; readonly offset: number; readonly bytes: number } | null {
  const match = /^(esp|ss)([012])$/.exec(name.toLowerCase());
  if (match === null) return name.toLowerCase() === 'link' ? { name: 'link', offset: 0, bytes: 2 } : null;
  const { pointer, segment } = tssStackPlace(Number(match[2]), 2);
  return { name: name.toLowerCase(), offset: match[1] === 'ss' ? segment : pointer, bytes: 2 };
}

function cut(physical: number, length: number): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let done = 0; done < length;) {
    const from = physical + done;
    const size = Math.min(length - done, PIECE_BYTES, PAGE_BYTES - (from % PAGE_BYTES));
    pieces.push({ physical: from, length: size });
    done += size;
  }
  return pieces;
}

const entryNumber = (table: SystemTable, index: number): string => (table === 'idt' ? hex(index) : String(index));
const bytesText = (length: number): string => (length === 1 ? '1 byte' : `${String(length)} bytes`);
const hex64 = (address: number): string => `0x${address.toString(16)}`;
