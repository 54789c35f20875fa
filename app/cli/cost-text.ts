// The cost anatomy as text: mechanisms side by side, round trips side by side, and how two of them compare.

import { HISTORY, NOT_CYCLES, type CostAnatomy, type MechanismCost, type RoundTrip } from '../../core/replay/cost/anatomy.ts';
import { accessesOf, WORK_TITLES, type Work, type WorkKind } from '../../core/replay/cost/work.ts';
import { grouped } from './numbers.ts';
import { table, wrapped, type Paint } from './text-table.ts';

const WIDTH = 100;
/** Columns of one block side by side: more do not fit the width. */
const BLOCK = 5;
const LABEL = 24;

/** `isLong`: with the bounds of each counter and the totals of the recording. */
export function costText(cost: CostAnatomy, { paint, isLong }: { readonly paint: Paint; readonly isLong: boolean }): string {
  const { basis, mechanisms, roundTrips } = cost;
  const title = `${paint('bold', 'cost of each way between rings')}\n`;
  if (mechanisms.length === 0) return `${title}  no transition in this trace\n`;
  if (basis.kind === 'absent') return `${title}${lines(wrapped(`absent: ${basis.reason}`, { width: WIDTH - 2, indent: '' }))}${lines(usesOf(mechanisms, paint))}`;
  const blocks = [
    sideBySide('per call', mechanisms.map((one) => mechanismColumn(one, { isLong })), paint),
    roundTrips.length === 0 ? '' : sideBySide('round trip', roundTrips.map(roundTripColumn), paint),
    isLong ? sideBySide('whole trace', mechanisms.map(totalColumn), paint) : '',
  ];
  const compared = comparison(roundTrips);
  const notes = [`${NOT_CYCLES} Re-executed: ${listenedText(mechanisms)}.`, ...(compared === null ? [] : [compared]), ...(usesBoth(roundTrips) ? [HISTORY] : [])];
  return `${title}${blocks.filter((block) => block !== '').join('\n')}\n${notes.map((note) => lines(wrapped(note, { width: WIDTH - 2, indent: '' }))).join('')}`;
}

const lines = (all: readonly string[]): string => all.map((line) => `  ${line}\n`).join('');
const ringsText = (from: number | null, to: number | null): string => `${from === null ? '?' : String(from)}->${to === null ? '?' : String(to)}`;

function usesOf(mechanisms: readonly MechanismCost[], paint: Paint): readonly string[] {
  const rows = mechanisms.map(({ name, rings, slots, count }) => [name, ringsText(rings.from, rings.to), slots === 0 ? '-' : String(slots), grouped(count)]);
  return table(['mechanism', 'rings', 'frame values', 'times'], rows, { paint, right: [2, 3] });
}

interface Column { readonly heads: readonly string[]; readonly cells: Readonly<Record<Row, string>> }
type Row = WorkKind | 'accesses';
/** What each access costs besides stands last: pages depend on the TLB. */
const ROWS: readonly Row[] = ['checks', 'gates', 'descriptors', 'tss', 'pushes', 'pops', 'others', 'accesses', 'accessChecks', 'pageChecks', 'pageEntries'];
const TITLES: Readonly<Record<Row, string>> = { ...WORK_TITLES, accesses: 'memory accesses in all' };

function mechanismColumn({ name, rings, count, work }: MechanismCost, { isLong }: { readonly isLong: boolean }): Column {
  const cell = (row: Row): string => {
    if (work === null) return '?';
    const typical = of(work.typical, row), least = of(work.least, row), most = of(work.most, row);
    return isLong && least !== most ? `${String(typical)} (${String(least)}-${String(most)})` : shown(typical);
  };
  return { heads: [name, ringsText(rings.from, rings.to), `x ${grouped(count)}`], cells: cellsOf(cell) };
}

function roundTripColumn({ name, count, work }: RoundTrip): Column {
  const [way = '', back = ''] = name.split(' + ');
  return { heads: [way, `+ ${back}`, `x ${grouped(count)}`], cells: cellsOf((row) => (work === null ? '?' : shown(of(work, row)))) };
}

function totalColumn({ name, rings, total }: MechanismCost): Column {
  return { heads: [name, ringsText(rings.from, rings.to), total === null ? '' : total.isExact ? 'all counted' : 'estimated'], cells: cellsOf((row) => (total === null ? '?' : shown(of(total.work, row)))) };
}

const shown = (many: number): string => (many === 0 ? '-' : grouped(many));
const of = (work: Work, row: Row): number => (row === 'accesses' ? accessesOf(work) : work[row]);
const cellsOf = (cell: (row: Row) => string): Column['cells'] => Object.fromEntries(ROWS.map((row) => [row, cell(row)])) as Column['cells'];

// rows are counters, columns mechanisms; rows that are empty in all columns are left out
function sideBySide(title: string, columns: readonly Column[], paint: Paint): string {
  const rows = ROWS.filter((row) => columns.some(({ cells }) => cells[row] !== '-'));
  const blocks = Array.from({ length: Math.ceil(columns.length / BLOCK) }, (_, index) => columns.slice(index * BLOCK, (index + 1) * BLOCK));
  return blocks.map((block) => {
    const widths = block.map(({ heads, cells }) => Math.max(12, ...heads.map((head) => head.length), ...rows.map((row) => cells[row].length)));
    const line = (label: string, cells: readonly string[]): string => `  ${label.padEnd(LABEL)}${cells.map((cell, at) => cell.padStart((widths[at] ?? 0) + 1)).join('')}`.trimEnd();
    const heads = [0, 1, 2].map((at) => paint('dim', line(at === 0 ? title : '', block.map((column) => column.heads[at] ?? ''))));
    return `${[...heads, ...rows.map((row) => line(TITLES[row], block.map(({ cells }) => cells[row])))].join('\n')}\n`;
  }).join('\n');
}

function listenedText(mechanisms: readonly MechanismCost[]): string {
  if (mechanisms.every(({ count, listened }) => listened.length === count)) return 'every call was counted';
  const most = mechanisms.reduce((all, { listened }) => Math.max(all, listened.length), 0);
  return `up to ${String(most)} calls of each mechanism, spread over the recording, of ${grouped(mechanisms.reduce((sum, { count }) => sum + count, 0))} in all`;
}

// the dearest and the cheapest way in from user code and back
function comparison(roundTrips: readonly RoundTrip[]): string | null {
  const fromUser = roundTrips.flatMap((one) => (one.fromRing === 3 && one.work !== null ? [{ name: one.name, checks: one.work.checks, accesses: accessesOf(one.work) }] : []));
  const sorted = [...fromUser].sort((a, b) => b.checks + b.accesses - a.checks - a.accesses);
  const dear = sorted[0], cheap = sorted[sorted.length - 1];
  if (dear === undefined || cheap === undefined || dear.name === cheap.name) return null;
  const times = cheap.checks === 0 ? '' : ` (${(dear.checks / cheap.checks).toFixed(1)} times as many)`;
  const accesses = cheap.accesses === 0 ? `${String(dear.accesses)} memory accesses against none` : `${String(dear.accesses)} memory accesses against ${String(cheap.accesses)} (${(dear.accesses / cheap.accesses).toFixed(1)} times as many)`;
  return `${dear.name} makes ${String(dear.checks)} checks where ${cheap.name} makes ${String(cheap.checks)}${times}, and ${accesses}.`;
}

function usesBoth(roundTrips: readonly RoundTrip[]): boolean {
  return ['int ', 'sysenter'].every((way) => roundTrips.some(({ name }) => name.startsWith(way)));
}
