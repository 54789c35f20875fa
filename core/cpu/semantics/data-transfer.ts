// Data transfer: SDM 1 "Data Transfer Instructions", LEA, XLAT, and the conversions. Stack instructions are in stack.ts.
import { EAX, EBX, ECX, EDX, type Cpu } from '../state.ts';
import { REGISTER, type Insn } from '../../isa/insn.ts';
import { difference } from '../../arch/vendor-differences.ts';
import { differ } from '../differ.ts';
import { isCondition, setZeroFlag } from '../flags.ts';
import { prepareWrite, read16, read32, read8, write32 } from '../memory.ts';
import {
  effectiveAddress, prepareOperand, readOperand, readOperand16, readOperand32, readOperand8, writeOperand, writeOperand16, writeOperand32, writeOperand8,
} from '../operands.ts';
import { loadSegmentRegister } from '../real-mode.ts';
import { selector } from '../../arch/brands.ts';
import { FS, GS, SHADOW_MOV_SS, SS, DS, ES } from '../state.ts';
import { PENDING_SHADOW } from '../attention.ts';
import { emitMarker } from '../emit.ts';
import type { SemanticsRows } from './execute-type.ts';

const D_SWAP_16 = difference('byte-swap-16');

function movEb(cpu: Cpu, insn: Insn): void { writeOperand8(cpu, insn, insn.destination, readOperand8(cpu, insn, insn.source)); }
function movEw(cpu: Cpu, insn: Insn): void { writeOperand16(cpu, insn, insn.destination, readOperand16(cpu, insn, insn.source)); }
function movEd(cpu: Cpu, insn: Insn): void { writeOperand32(cpu, insn, insn.destination, readOperand32(cpu, insn, insn.source)); }

// SDM 2 "MOV": to memory always 16 bits; to a 32-bit register zero-extended (P6 and later).
function movEvSw(cpu: Cpu, insn: Insn): void {
  writeOperand(cpu, insn, insn.destination, cpu.segmentSelector(insn.source.register));
}

function movSwEw(cpu: Cpu, insn: Insn): void {
  const segment = insn.destination.register;
  loadSegmentRegister(cpu, segment, selector(readOperand16(cpu, insn, insn.source)));
  if (segment === SS) holdInterrupts(cpu);
}

/** MOV SS and POP SS keep interrupts away from the next instruction. SDM 3A "Masking Exceptions and Interrupts When Switching Stacks". */
export function holdInterrupts(cpu: Cpu): void {
  cpu.shadow |= SHADOW_MOV_SS;
  cpu.pending |= PENDING_SHADOW;
}

const FAR_LOADS: Readonly<Record<string, number>> = { les: ES, lds: DS, lss: SS, lfs: FS, lgs: GS };
// SDM 2 "LDS/LES/LFS/LGS/LSS": the segment is loaded first, as it may fault; then the offset register.
function loadFar(cpu: Cpu, insn: Insn): void {
  const offset = effectiveAddress(cpu, insn);
  const isWide = insn.operandSize === 32;
  const value = isWide ? read32(cpu, insn.segment, offset) : read16(cpu, insn.segment, offset);
  const next = offset + (isWide ? 4 : 2);
  const far = read16(cpu, insn.segment, insn.addressSize === 32 ? next >>> 0 : next & 0xffff);
  loadSegmentRegister(cpu, FAR_LOADS[insn.mnemonic]!, selector(far));

  if (isWide) cpu.set32(insn.destination.register, value);
  else cpu.set16(insn.destination.register, value);
}

function movzx(cpu: Cpu, insn: Insn): void {
  const value = insn.source.sizeBits === 8 ? readOperand8(cpu, insn, insn.source) : readOperand16(cpu, insn, insn.source);
  if (insn.operandSize === 32) cpu.set32(insn.destination.register, value);
  else cpu.set16(insn.destination.register, value);
}

function movsx(cpu: Cpu, insn: Insn): void {
  const value = insn.source.sizeBits === 8 ? (readOperand8(cpu, insn, insn.source) << 24) >> 24 : (readOperand16(cpu, insn, insn.source) << 16) >> 16;
  if (insn.operandSize === 32) cpu.set32(insn.destination.register, value);
  else cpu.set16(insn.destination.register, value);
}

// SDM 2 "CMOVcc": the source is read (and may fault) whatever the condition.
function cmovcc(cpu: Cpu, insn: Insn): void {
  const value = readOperand(cpu, insn, insn.source);
  if (isCondition(cpu, insn.opcode & 15)) writeOperand(cpu, insn, insn.destination, value);
}

function xchg(cpu: Cpu, insn: Insn): void {
  const { destination, source } = insn;
  prepareOperand(cpu, insn, destination);
  const first = readOperand(cpu, insn, destination);
  const second = readOperand(cpu, insn, source);

  writeOperand(cpu, insn, destination, second);
  writeOperand(cpu, insn, source, first);
}

// `xchg bx, bx` does nothing; debuggers take it for a mark, and so do we (EVENTS.md `marker`).
function xchgEw(cpu: Cpu, insn: Insn): void {
  if (insn.destination.kind === REGISTER && insn.destination.register === EBX && insn.source.register === EBX) emitMarker(cpu);
  else xchg(cpu, insn);
}

function lea(cpu: Cpu, insn: Insn): void {
  const offset = effectiveAddress(cpu, insn);
  if (insn.operandSize === 32) cpu.set32(insn.destination.register, offset);
  else cpu.set16(insn.destination.register, offset);
}

// SDM 2A "BSWAP": of a 16-bit register the result is undefined.
function bswap(cpu: Cpu, insn: Insn): void {
  if (insn.operandSize !== 32) {
    differ(cpu, D_SWAP_16);
    cpu.set16(insn.destination.register, 0);
    return;
  }
  const value = cpu.get32(insn.destination.register);
  cpu.set32(insn.destination.register, (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24));
}

function xlat(cpu: Cpu, insn: Insn): void {
  const offset = cpu.get32(EBX) + cpu.get8(0);
  cpu.set8(0, read8(cpu, insn.segment, insn.addressSize === 32 ? offset >>> 0 : offset & 0xffff));
}

function cbw(cpu: Cpu): void { cpu.set16(EAX, (cpu.get8(0) << 24) >> 24); }
function cwde(cpu: Cpu): void { cpu.set32(EAX, (cpu.get16(EAX) << 16) >> 16); }
function cwd(cpu: Cpu): void { cpu.set16(EDX, (cpu.get16(EAX) << 16) >> 31); }
function cdq(cpu: Cpu): void { cpu.set32(EDX, cpu.get32(EAX) >> 31); }

// SDM 2 "CMPXCHG8B": EDX:EAX against m64; the destination receives a write cycle either way.
function cmpxchg8b(cpu: Cpu, insn: Insn): void {
  const offset = effectiveAddress(cpu, insn);
  const upper = insn.addressSize === 32 ? (offset + 4) >>> 0 : (offset + 4) & 0xffff;
  prepareWrite(cpu, insn.segment, offset, 8);
  const low = read32(cpu, insn.segment, offset) | 0;
  const high = read32(cpu, insn.segment, upper) | 0;
  const equal = low === cpu.get32(EAX) && high === cpu.get32(EDX);

  setZeroFlag(cpu, equal);
  write32(cpu, insn.segment, offset, equal ? cpu.get32(EBX) : low);
  write32(cpu, insn.segment, upper, equal ? cpu.get32(ECX) : high);
  if (equal) return;
  cpu.set32(EAX, low);
  cpu.set32(EDX, high);
}

export const DATA_TRANSFER = {
  mov: { byte: movEb, word: movEw, dword: movEd },
  movEvSw, movSwEw, loadFar, movzx, movsx, cmovcc,
  xchg: { byte: xchg, word: xchgEw, dword: xchg },
  lea, bswap, xlat,
  cbw: { word: cbw, dword: cwde },
  cwd: { word: cwd, dword: cdq },
  cmpxchg8b,
} satisfies SemanticsRows<'mov' | 'movEvSw' | 'movSwEw' | 'loadFar' | 'movzx' | 'movsx' | 'cmovcc' | 'xchg' | 'lea' | 'bswap' | 'xlat' | 'cbw' | 'cwd' | 'cmpxchg8b'>;
