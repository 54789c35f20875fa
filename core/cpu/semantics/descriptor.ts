// Instructions about selectors and descriptors, for protected mode only: LAR, LSL, VERR, VERW, ARPL, LLDT, LTR, SLDT, STR.
// Their checks are selector-inspection.ts and system-tables.ts. SDM 3A "Pointer Validation", SDM 2 "System Instructions".
import { selector } from '../../arch/brands.ts';
import { difference } from '../../arch/vendor-differences.ts';
import { MEMORY, type Insn } from '../../isa/insn.ts';
import { differ } from '../differ.ts';
import { setZeroFlag } from '../flags.ts';
import { readOperand16, writeOperand } from '../operands.ts';
import { demandPrivileged, demandUmip } from '../privilege.ts';
import { demandProtectedMode, isReadableFor, isWritableFor, visibleLimit, visibleRights } from '../selector-inspection.ts';
import { LDTR, TR, type Cpu } from '../state.ts';
import { lldt, ltr } from '../system-tables.ts';
import type { SemanticsRows } from './execute-type.ts';

const D_ARPL = difference('arpl-unchanged'), D_STORE = difference('selector-store-high-half');

function lar(cpu: Cpu, insn: Insn): void { load(cpu, insn, visibleRights); }
function lsl(cpu: Cpu, insn: Insn): void { load(cpu, insn, visibleLimit); }

/** The destination changes only when there is something to load. */
function load(cpu: Cpu, insn: Insn, visible: (cpu: Cpu, selector: number) => number): void {
  demandProtectedMode(cpu);
  const value = visible(cpu, readOperand16(cpu, insn, insn.source));
  if (value >= 0) writeOperand(cpu, insn, insn.destination, value);
  setZeroFlag(cpu, value >= 0);
}

function verr(cpu: Cpu, insn: Insn): void { verify(cpu, insn, isReadableFor); }
function verw(cpu: Cpu, insn: Insn): void { verify(cpu, insn, isWritableFor); }
function verify(cpu: Cpu, insn: Insn, allows: (cpu: Cpu, selector: number) => boolean): void {
  demandProtectedMode(cpu);
  setZeroFlag(cpu, allows(cpu, readOperand16(cpu, insn, insn.destination)));
}

// SDM 2A "ARPL—Adjust RPL Field of Segment Selector", "Operation": the destination is written only when its RPL changes.
function arpl(cpu: Cpu, insn: Insn): void {
  demandProtectedMode(cpu);
  const value = readOperand16(cpu, insn, insn.destination);
  const rpl = readOperand16(cpu, insn, insn.source) & 3;
  const isLower = (value & 3) < rpl;
  if (isLower) writeOperand(cpu, insn, insn.destination, (value & ~3) | rpl);
  else if (insn.destination.kind === MEMORY) differ(cpu, D_ARPL);
  setZeroFlag(cpu, isLower);
}

// Privilege comes before the operand is read; the instruction proper states it, too: here only its failure is told.
function refuse(cpu: Cpu): void {
  demandProtectedMode(cpu);
  if (cpu.cpl !== 0) demandPrivileged(cpu);
}
function lldtEw(cpu: Cpu, insn: Insn): void {
  refuse(cpu);
  lldt(cpu, selector(readOperand16(cpu, insn, insn.destination)));
}
function ltrEw(cpu: Cpu, insn: Insn): void {
  refuse(cpu);
  ltr(cpu, selector(readOperand16(cpu, insn, insn.destination)));
}

function sldt(cpu: Cpu, insn: Insn): void { store(cpu, insn, LDTR); }
function str(cpu: Cpu, insn: Insn): void { store(cpu, insn, TR); }
function store(cpu: Cpu, insn: Insn, register: number): void {
  demandProtectedMode(cpu);
  demandUmip(cpu);
  if (insn.destination.sizeBits === 32) differ(cpu, D_STORE);
  writeOperand(cpu, insn, insn.destination, cpu.segmentSelector(register));
}

export const DESCRIPTOR = { lar, lsl, verr, verw, arpl, lldt: lldtEw, ltr: ltrEw, sldt, str } satisfies SemanticsRows<
  'lar' | 'lsl' | 'verr' | 'verw' | 'arpl' | 'lldt' | 'ltr' | 'sldt' | 'str'>;
