// Moves of MMX and XMM registers: SDM 1 "MMX Data Transfer Instructions", "SSE Data Transfer Instructions", "SSE2 Data Movement Instructions".
// Stores check all of the destination first. Non-temporal stores write as others do: no cache is modelled.
import { difference } from '../../arch/vendor-differences.ts';
import { MEMORY, MMX_REGISTER, REGISTER, type Insn } from '../../isa/insn.ts';
import { differ } from '../differ.ts';
import { prepareWrite, write8 } from '../memory.ts';
import { writeOperand32 } from '../operands.ts';
import { beginMmx, beginSseAndMmx, demandSse } from '../simd/available.ts';
import { newLanes, type Lanes } from '../simd/lanes.ts';
import { loadXmm, readLanes, storeXmm, writeMemory } from '../simd/operands.ts';
import { packed } from '../simd/bind.ts';
import { moveHighToLow, unpackLowQuadwords } from '../simd/shuffle-lanes.ts';
import { EDI, type Cpu } from '../state.ts';
import type { Placement } from '../wide-memory.ts';
import { enterMmx, loadMmx, storeMmx } from '../x87/mmx-state.ts';
import type { Execute } from './execute-type.ts';

const MASKED_STORE = difference('masked-store-checks');
const value = newLanes(), mask = newLanes();

function clearFrom(lanes: Lanes, word: number): void {
  for (let index = word; index < 4; index += 1) lanes.u32[index] = 0;
}

// MOVAPS, MOVUPS and their relatives: all 128 bits, in either direction.
function moveWhole(placement: Placement): Execute {
  return (cpu, insn) => {
    demandSse(cpu);
    readLanes(cpu, insn, insn.source, value, placement);
    if (insn.destination.kind === MEMORY) writeMemory(cpu, insn, 128, value, placement);
    else storeXmm(cpu, insn.destination.register, value);
  };
}

// MOVSS, MOVSD: the lowest lane of so many words. Between registers the rest stays, from memory it becomes zero.
function moveScalar(words: 1 | 2): Execute {
  return (cpu, insn) => {
    const { destination, source } = insn;
    demandSse(cpu);
    if (destination.kind === MEMORY) {
      loadXmm(cpu, source.register, value);
      writeMemory(cpu, insn, words * 32, value, 'anywhere');
      return;
    }
    readLanes(cpu, insn, source, value, 'anywhere');
    if (source.kind === MEMORY) clearFrom(value, words);
    else for (let index = words; index < 4; index += 1) value.u32[index] = cpu.xmm[destination.register * 4 + index]!;
    storeXmm(cpu, destination.register, value);
  };
}

// MOVLPS, MOVHPS and their doubles: one quadword between memory and a half of a register.
function moveHalf(first: 0 | 2): Execute {
  return (cpu, insn) => {
    const { destination, source } = insn;
    demandSse(cpu);
    if (destination.kind === MEMORY) {
      value.u32[0] = cpu.xmm[source.register * 4 + first]!;
      value.u32[1] = cpu.xmm[source.register * 4 + first + 1]!;
      writeMemory(cpu, insn, 64, value, 'anywhere');
      return;
    }
    readLanes(cpu, insn, source, value, 'anywhere');
    cpu.xmm[destination.register * 4 + first] = value.u32[0]!;
    cpu.xmm[destination.register * 4 + first + 1] = value.u32[1]!;
  };
}

// MOVD: 32 bits between a general register or memory and an MMX or XMM register, which is zero-extended.
function movd(cpu: Cpu, insn: Insn): void {
  const { destination, source } = insn;
  const isMmx = destination.kind === MMX_REGISTER || source.kind === MMX_REGISTER;
  if (!isMmx) demandSse(cpu);
  else if (!beginMmx(cpu)) return;
  readLanes(cpu, insn, source, value, 'anywhere');
  if (destination.kind === REGISTER || destination.kind === MEMORY) {
    writeOperand32(cpu, insn, destination, value.i32[0]!);
    if (isMmx) enterMmx(cpu);
    return;
  }
  clearFrom(value, 1);
  if (isMmx) storeMmx(cpu, destination.register, value.u32);
  else storeXmm(cpu, destination.register, value);
}

// MOVQ: 64 bits between registers of one kind, and memory; an XMM register is zero-extended.
function movq(cpu: Cpu, insn: Insn): void {
  const { destination, source } = insn;
  const isMmx = destination.kind === MMX_REGISTER || source.kind === MMX_REGISTER;
  if (!isMmx) demandSse(cpu);
  else if (!beginMmx(cpu)) return;
  readLanes(cpu, insn, source, value, 'anywhere');
  if (destination.kind === MEMORY) {
    writeMemory(cpu, insn, 64, value, 'anywhere');
    if (isMmx) enterMmx(cpu);
    return;
  }
  clearFrom(value, 2);
  if (isMmx) storeMmx(cpu, destination.register, value.u32);
  else storeXmm(cpu, destination.register, value);
}

function movq2dq(cpu: Cpu, insn: Insn): void {
  if (!beginSseAndMmx(cpu)) return;
  loadMmx(cpu, insn.source.register, value.u32);
  clearFrom(value, 2);
  enterMmx(cpu);
  storeXmm(cpu, insn.destination.register, value);
}
function movdq2q(cpu: Cpu, insn: Insn): void {
  if (!beginSseAndMmx(cpu)) return;
  loadXmm(cpu, insn.source.register, value);
  storeMmx(cpu, insn.destination.register, value.u32);
}

function movntq(cpu: Cpu, insn: Insn): void {
  if (!beginMmx(cpu)) return;
  loadMmx(cpu, insn.source.register, value.u32);
  writeMemory(cpu, insn, 64, value, 'anywhere');
  enterMmx(cpu);
}
// SDM 2B "MOVNTI": a general register; CR0 and CR4 are not asked.
function movnti(cpu: Cpu, insn: Insn): void {
  writeOperand32(cpu, insn, insn.destination, cpu.get32(insn.source.register));
}

/** The bytes of DEST whose mask byte has its top bit set, to DS:rDI; all of them are checked first. */
function writeMasked(cpu: Cpu, insn: Insn, bytes: number): void {
  const at = (index: number): number => (insn.addressSize === 32 ? (cpu.get32(EDI) + index) >>> 0 : (cpu.get32(EDI) + index) & 0xffff);
  differ(cpu, MASKED_STORE);
  for (let index = 0; index < bytes; index += 1) if (mask.i8[index]! < 0) prepareWrite(cpu, insn.segment, at(index), 1);

  for (let index = 0; index < bytes; index += 1) if (mask.i8[index]! < 0) write8(cpu, insn.segment, at(index), value.u8[index]!);
}
function maskmovq(cpu: Cpu, insn: Insn): void {
  if (!beginMmx(cpu)) return;
  loadMmx(cpu, insn.destination.register, value.u32);
  loadMmx(cpu, insn.source.register, mask.u32);
  writeMasked(cpu, insn, 8);
  enterMmx(cpu);
}
function maskmovdqu(cpu: Cpu, insn: Insn): void {
  demandSse(cpu);
  loadXmm(cpu, insn.destination.register, value);
  loadXmm(cpu, insn.source.register, mask);
  writeMasked(cpu, insn, 16);
}

export const SIMD_MOVE = {
  movaps: moveWhole('aligned'), movapd: moveWhole('aligned'), movdqa: moveWhole('aligned'),
  movups: moveWhole('anywhere'), movupd: moveWhole('anywhere'), movdqu: moveWhole('anywhere'), lddqu: moveWhole('anywhere'),
  movntps: moveWhole('aligned'), movntpd: moveWhole('aligned'), movntdq: moveWhole('aligned'),
  movss: moveScalar(1), movsd: moveScalar(2),
  movlps: moveHalf(0), movlpd: moveHalf(0), movhps: moveHalf(2), movhpd: moveHalf(2),
  movhlps: packed(moveHighToLow), movlhps: packed(unpackLowQuadwords),
  movd, movq, movq2dq, movdq2q, movntq, movnti, maskmovq, maskmovdqu,
};
