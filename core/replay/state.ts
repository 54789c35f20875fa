// The register file before or after an event as rows to show: groups, hexadecimal values, named bits, and what the event changed.
// Reads words and core/arch tables; decides nothing that is not in them.

import { CR0_PG, CR4_PAE, fieldsOfRegister } from '../arch/control-registers.ts';
import { meaningOf, type BitField } from '../arch/bit-field.ts';
import { describeRights } from '../arch/descriptor.ts';
import { EFLAGS_FIELDS } from '../arch/flags.ts';
import { MSRS } from '../arch/msrs.ts';
import { PDPTE_FIELDS } from '../arch/page-entry.ts';
import { REGISTER_FILE, RIGHTS_UNUSABLE, SEGMENT_NAMES, registerOffset, type SegmentName } from '../arch/register-file.ts';
import { hexU64, joinU64 } from '../base/u64.ts';
import { MODES, type Mode } from '../event/kinds.ts';
import { modeOf } from './expression/moment.ts';

/** One named field of a register. `changed`: the other state differs in it. */
export interface BitRow { readonly name: string; readonly value: string; readonly isSet: boolean; readonly isFlag: boolean; readonly changed: boolean; readonly title: string }
/** One register. `digits`: hexadecimal without 0x, padded to its width in the present mode. */
export interface RegisterRow {
  /** Name in the register file, for example `rax`. */
  readonly name: string;
  /** As the manual writes it in the present mode: `EAX`. */
  readonly label: string;
  readonly lo: number;
  readonly hi: number;
  readonly hex: string;
  readonly digits: string;
  readonly changed: boolean;
  /** The value in the other state when it differs, hexadecimal. */
  readonly other: string | null;
  readonly bits: readonly BitRow[];
}
export interface SegmentRow {
  readonly name: string; readonly selector: string; readonly base: string; readonly limit: string; readonly rights: string;
  /** Table, index and RPL of the selector, and the descriptor type in words. */
  readonly meaning: string; readonly usable: boolean; readonly changed: boolean;
}
export interface TableRow { readonly name: string; readonly base: string; readonly limit: string; readonly changed: boolean }
export interface StateView {
  readonly mode: Mode; readonly cpl: number;
  readonly general: readonly RegisterRow[];
  readonly pointer: readonly RegisterRow[];
  readonly segments: readonly SegmentRow[];
  readonly tables: readonly TableRow[];
  readonly control: readonly RegisterRow[];
  readonly debug: readonly RegisterRow[];
  readonly msrs: readonly RegisterRow[];
}

const GENERAL = ['rax', 'rbx', 'rcx', 'rdx', 'rsi', 'rdi', 'rbp', 'rsp'];
const LONG_ONLY = ['r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'];
const CONTROL = ['cr0', 'cr2', 'cr3', 'cr4'];
const PDPTES = ['pdpte0', 'pdpte1', 'pdpte2', 'pdpte3'];
const DEBUG = ['dr0', 'dr1', 'dr2', 'dr3', 'dr6', 'dr7'];

/** PAE paging is in use, and with it the PDPTE registers. */
const isPae = (registers: Uint32Array): boolean => (registers[registerOffset('cr0')]! & CR0_PG) !== 0 && (registers[registerOffset('cr4')]! & CR4_PAE) !== 0;

/** Registers of the register file a trace's source does not show, by name: an imported log has only what its tool dumps. */
export function notLogged(header: { readonly options: Readonly<Record<string, unknown>> }): ReadonlySet<string> {
  const names = header.options['not-logged'];
  return new Set(typeof names === 'string' ? names.split(' ') : []);
}
const ALL_LOGGED: ReadonlySet<string> = new Set();

/**
 * The rows of a register file; `other` is the state to compare with (after for before, before for after), or null. Registers of `absent`
 * (`notLogged`) have no row.
 */
export function viewState(registers: Uint32Array, other: Uint32Array | null, absent: ReadonlySet<string> = ALL_LOGGED): StateView {
  const mode = MODES[modeOf(registers)] ?? 'real';
  const long = mode === 'long' || mode === 'compat';
  const row = (name: string, options: RowOptions = {}): RegisterRow => registerRow({ registers, other, long }, name, options);
  return {
    mode, cpl: registers[registerOffset('cpl')]!,
    general: [...GENERAL, ...(long ? LONG_ONLY : [])].map((name) => row(name)),
    pointer: [row('rip'), row('rflags', { fields: EFLAGS_FIELDS })],
    segments: SEGMENT_NAMES.map((name) => segmentRow(name, mode, registers, other)),
    tables: ['gdtr', 'idtr'].map((name) => tableRow(name, registers, other)),
    control: [...CONTROL, ...(long ? ['cr8'] : []), 'efer'].filter((name) => !absent.has(name)).map((name) => row(name, { fields: fieldsOfRegister(name) ?? [], label: name.toUpperCase() }))
      .concat(isPae(registers) ? PDPTES.filter((name) => !absent.has(name)).map((name) => row(name, { fields: PDPTE_FIELDS, label: name.toUpperCase() })) : []),
    debug: DEBUG.map((name) => row(name, { fields: fieldsOfRegister(name) ?? [], label: name.toUpperCase() })),
    msrs: MSRS.flatMap((msr) => (msr.register === null || msr.register === 'efer' || absent.has(msr.register) ? [] : [row(msr.register, { fields: msr.fields, label: msr.name })])),
  };
}

/** All registers by name with exact hexadecimal values, as `state --json` prints them; null for those of `absent` (`notLogged`). */
export function listRegisters(registers: Uint32Array, absent: ReadonlySet<string> = ALL_LOGGED): readonly { readonly name: string; readonly value: string | null }[] {
  return REGISTER_FILE.filter((one) => one.title !== '').map(({ name, words }) => {
    const at = registerOffset(name);
    return { name, value: absent.has(name) ? null : hexU64(registers[at]!, words === 2 ? registers[at + 1]! : 0) };
  });
}

interface Pair { readonly registers: Uint32Array; readonly other: Uint32Array | null; readonly long: boolean }
interface RowOptions { readonly fields?: readonly BitField[]; readonly label?: string }

function registerRow({ registers, other, long }: Pair, name: string, { fields = [], label }: RowOptions): RegisterRow {
  const at = registerOffset(name);
  const lo = registers[at]!, hi = registers[at + 1]!;
  const otherLo = other?.[at] ?? lo, otherHi = other?.[at + 1] ?? hi;
  const changed = lo !== otherLo || hi !== otherHi;
  const hex = hexU64(lo, hi);
  return {
    name, label: label ?? labelOf(name, long), lo, hi, hex, digits: hex.slice(2).padStart(long || hi !== 0 ? 16 : 8, '0'),
    changed, other: changed ? hexU64(otherLo, otherHi) : null,
    bits: fields.map((field) => bitRow(field, joinU64(lo, hi), joinU64(otherLo, otherHi))),
  };
}

/** A field of a register as a row, compared with another value of the register. */
export function bitRow(field: BitField, value: bigint, other: bigint): BitRow {
  const ones = (1n << BigInt(field.width)) - 1n;
  const have = (value >> BigInt(field.bit)) & ones;
  return {
    name: field.name, value: field.width === 1 ? String(have) : `0x${have.toString(16)}`, isSet: have !== 0n, isFlag: field.width === 1,
    changed: have !== ((other >> BigInt(field.bit)) & ones), title: meaningOf(value, field),
  };
}

function labelOf(name: string, long: boolean): string {
  const upper = name.toUpperCase();
  return long || !/^R([A-Z]{2}|IP|FLAGS)$/.test(upper) ? upper : `E${upper.slice(1)}`;
}

function segmentRow(name: SegmentName, mode: Mode, registers: Uint32Array, other: Uint32Array | null): SegmentRow {
  const at = registerOffset(`${name}.selector`);
  const selector = registers[at]!, rights = registers[at + 1]!, limit = registers[at + 2]!;
  const usable = (rights & RIGHTS_UNUSABLE) === 0;
  const changed = other !== null && [0, 1, 2, 4, 5].some((word) => registers[at + word] !== other[at + word]);
  return {
    name: name.toUpperCase(), selector: `0x${selector.toString(16)}`, base: hexU64(registers[at + 4]!, registers[at + 5]!), limit: hexU64(limit, 0),
    rights: hexU64(rights, 0), meaning: `${describeSelector(selector, name === 'ldtr' || name === 'tr' ? null : mode)}${usable ? `: ${describeRights(rights)}` : ', not usable'}`, usable, changed,
  };
}

/** `GDT entry 3, RPL 3` for 0x1b; in real-address and virtual-8086 mode `paragraph at 0x1b0`. SDM 3A "Segment Selectors", SDM 3B "8086 Emulation". */
export function describeSelector(selector: number, mode: Mode | null = null): string {
  if (mode === 'real' || mode === 'v86') return `paragraph at 0x${(selector << 4).toString(16)}`;
  if ((selector & 0xfffc) === 0) return `null selector${(selector & 3) === 0 ? '' : `, RPL ${String(selector & 3)}`}`;
  return `${(selector & 4) === 0 ? 'GDT' : 'LDT'} entry ${String(selector >>> 3)}, RPL ${String(selector & 3)}`;
}

function tableRow(name: string, registers: Uint32Array, other: Uint32Array | null): TableRow {
  const at = registerOffset(`${name}.base`);
  const changed = other !== null && [0, 1, 2].some((word) => registers[at + word] !== other[at + word]);
  return { name: name.toUpperCase(), base: hexU64(registers[at]!, registers[at + 1]!), limit: hexU64(registers[at + 2]!, 0), changed };
}
