// Segment registers: loading the data and stack ones with every check, and installSegment, the one writer of their hidden parts.
// CS is loaded by far transfers (far-transfer.ts) and interrupts. SDM 3A "Protection".

import { dplOf, isConformingCode, isData, isPresent, isReadable, isWritableData, RIGHTS_CE, RIGHTS_CODE, RIGHTS_DB, RIGHTS_P, RIGHTS_RW, RIGHTS_S } from '../arch/descriptor.ts';
import { RIGHTS_UNUSABLE } from '../arch/register-file.ts';
import { rule } from '../event/rules.ts';
import { isAlignmentChecked } from './alignment.ts';
import { errorOf, isNull, markAccessed, newDescriptor, readDescriptor, type Descriptor } from './descriptor-table.ts';
import { demand, GP, GP0, NP, skip, skipAll, SSF } from './fault.ts';
import { CS, ES, GS, SS, type Cpu } from './state.ts';

const R_SS_NULL = rule('ss-not-null'), R_SS_TABLE = rule('ss-table-limit'), R_SS_RPL = rule('ss-rpl'), R_SS_TYPE = rule('ss-type'), R_SS_DPL = rule('ss-dpl'),
  R_SS_PRESENT = rule('ss-present');
const R_DATA_TABLE = rule('data-table-limit'), R_DATA_TYPE = rule('data-type'), R_DATA_PRIVILEGE = rule('data-privilege'), R_DATA_PRESENT = rule('data-present');
const DATA_RULES = [R_DATA_TABLE, R_DATA_TYPE, R_DATA_PRIVILEGE, R_DATA_PRESENT];

/** Access rights of the flat segments that start-up and fast system calls install: P, S, accessed, G, D/B. */
export const FLAT_CODE = 0xc09b, FLAT_DATA = 0xc093;
const FLAT_LIMIT = 0xffff_ffff;
const target = newDescriptor('data'), stack = newDescriptor('ss');

/** Loads DS, ES, FS, GS or SS, as MOV, POP and LxS do. Faults with #GP, #NP or #SS; the register is unchanged then. SDM 2B "MOV—Move". */
export function loadSegment(cpu: Cpu, segment: number, selector: number): void {
  if (segment === SS) { loadStackSegment(cpu, selector); return; }
  if (isNull(selector)) {
    // SDM 3A "Null Segment Selector Checking": a null selector may be loaded; using it faults.
    skipAll(cpu, DATA_RULES);
    installNull(cpu, segment, selector);
    return;
  }
  readDescriptor(cpu, target, selector, R_DATA_TABLE, GP(errorOf(selector)));
  const { rights } = target;
  demand(cpu, R_DATA_TYPE, isReadable(rights), GP(errorOf(selector)), selector, rights);
  // SDM 3A "Accessing Data in Code Segments": conforming code may be read from any privilege level.
  if (isConformingCode(rights)) skip(cpu, R_DATA_PRIVILEGE);
  else demand(cpu, R_DATA_PRIVILEGE, Math.max(cpu.cpl, selector & 3) <= dplOf(rights), GP(errorOf(selector)), Math.max(cpu.cpl, selector & 3), dplOf(rights));
  demand(cpu, R_DATA_PRESENT, isPresent(rights), NP(errorOf(selector)), selector, rights);
  markAccessed(cpu, target);

  installDescriptor(cpu, segment, selector, target);
}

function loadStackSegment(cpu: Cpu, selector: number): void {
  const error = errorOf(selector);
  demand(cpu, R_SS_NULL, !isNull(selector), GP0, selector, 0);
  readDescriptor(cpu, stack, selector, R_SS_TABLE, GP(error));
  const { rights } = stack;
  demand(cpu, R_SS_RPL, (selector & 3) === cpu.cpl, GP(error), selector & 3, cpu.cpl);
  demand(cpu, R_SS_TYPE, isWritableData(rights), GP(error), selector, rights);
  demand(cpu, R_SS_DPL, dplOf(rights) === cpu.cpl, GP(error), dplOf(rights), cpu.cpl);
  demand(cpu, R_SS_PRESENT, isPresent(rights), SSF(error), selector, rights);
  markAccessed(cpu, stack);

  installDescriptor(cpu, SS, selector, stack);
}

/** Installs a checked descriptor. */
export function installDescriptor(cpu: Cpu, segment: number, selector: number, descriptor: Descriptor): void {
  installSegment(cpu, segment, selector, descriptor.rights, descriptor.limit, descriptor.base);
}

/** Installs a flat 4 GiB segment: FLAT_CODE or FLAT_DATA with a DPL. */
export function installFlat(cpu: Cpu, segment: number, selector: number, rights: number, dpl: number): void {
  installSegment(cpu, segment, selector, rights | (dpl << 5), FLAT_LIMIT, 0);
}

/** Marks a register as holding a null selector. */
export function installNull(cpu: Cpu, segment: number, selector: number): void {
  installSegment(cpu, segment, selector, RIGHTS_UNUSABLE, 0, 0);
}

/** The one writer of a segment register, hidden part included; keeps what is derived from it (short-path bits, CS.D, SS.B). */
export function installSegment(cpu: Cpu, segment: number, selector: number, rights: number, limit: number, base: number): void {
  cpu.setSegment(segment, selector, rights, limit, base);
  if (segment === CS) cpu.code32 = (rights & RIGHTS_DB) === 0 ? 0 : 1;
  if (segment === SS) cpu.stack32 = (rights & RIGHTS_DB) === 0 ? 0 : 1;
  cpu.flatSegments = (cpu.flatSegments & ~(0x101 << segment)) | flatBits(cpu, segment);
}

/** CR0.AM, EFLAGS.AC or CPL may have changed: while alignment is checked no segment counts as flat, so that every access takes the long path. */
export function refreshFlatSegments(cpu: Cpu): void {
  let bits = 0;
  for (let segment = ES; segment <= GS; segment += 1) bits |= flatBits(cpu, segment);
  cpu.flatSegments = bits;
}

function flatBits(cpu: Cpu, segment: number): number {
  const rights = cpu.segmentRights(segment);
  const isFlat = cpu.segmentBase(segment) === 0 && cpu.segmentLimit(segment) === FLAT_LIMIT
    && (rights & (RIGHTS_P | RIGHTS_S | RIGHTS_UNUSABLE)) === (RIGHTS_P | RIGHTS_S) && (rights & (RIGHTS_CODE | RIGHTS_CE)) !== RIGHTS_CE;
  if (!isFlat || isAlignmentChecked(cpu)) return 0;
  return (isData(rights) || (rights & RIGHTS_RW) !== 0 ? 1 << segment : 0) | (isWritableData(rights) ? 1 << (segment + 8) : 0);
}
