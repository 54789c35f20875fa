// Lanes that change places: packing, unpacking, shuffling, single words and sign masks. SDM 1 "MMX Instructions", "SSE Shuffle and Unpack
// Instructions", "SSE2 Shuffle and Unpack Instructions". What happens to the lanes is core/cpu/simd/shuffle-lanes.ts.
import { MMX_REGISTER, type Insn } from '../../isa/insn.ts';
import { demandMmx, demandSse } from '../simd/available.ts';
import { packed } from '../simd/bind.ts';
import { MMX, MMX_SSE, SSE, SSE2, SSE3, type Features } from '../simd/features.ts';
import { newLanes } from '../simd/lanes.ts';
import { readLanes } from '../simd/operands.ts';
import * as shuffle from '../simd/shuffle-lanes.ts';
import type { Cpu } from '../state.ts';
import { enterMmx } from '../x87/mmx-state.ts';
import type { Execute } from './execute-type.ts';

const read = newLanes();

/** Reads the MMX or XMM source register of an instruction that writes a general register; the number of its bytes. */
function readRegister(cpu: Cpu, insn: Insn, features: Features): number {
  const isMmx = insn.source.kind === MMX_REGISTER;
  if (isMmx) demandMmx(cpu, features.mmx);
  else demandSse(cpu, features.xmm);
  readLanes(cpu, insn, insn.source, read, 'aligned');
  if (isMmx) enterMmx(cpu);
  return isMmx ? 8 : 16;
}

function pextrw(cpu: Cpu, insn: Insn): void {
  const bytes = readRegister(cpu, insn, MMX_SSE);
  cpu.set32(insn.destination.register, read.u16[insn.immediate & ((bytes >>> 1) - 1)]!);
}

// The top bits of lanes of `laneBytes`, lowest first, zero-extended into a general register.
function signMask(features: Features, laneBytes: 1 | 4 | 8): Execute {
  return (cpu, insn) => {
    const bytes = readRegister(cpu, insn, features);
    let mask = 0;
    for (let last = laneBytes - 1, bit = 0; last < bytes; last += laneBytes, bit += 1) mask |= (read.u8[last]! >>> 7) << bit;
    cpu.set32(insn.destination.register, mask);
  };
}

export const SIMD_SHUFFLE = {
  punpcklbw: packed(MMX, shuffle.unpackLowBytes), punpcklwd: packed(MMX, shuffle.unpackLowWords), punpckldq: packed(MMX, shuffle.unpackLowDoublewords),
  punpcklqdq: packed(SSE2, shuffle.unpackLowQuadwords), punpckhbw: packed(MMX, shuffle.unpackHighBytes), punpckhwd: packed(MMX, shuffle.unpackHighWords),
  punpckhdq: packed(MMX, shuffle.unpackHighDoublewords), punpckhqdq: packed(SSE2, shuffle.unpackHighQuadwords),
  unpcklps: packed(SSE, shuffle.unpackLowDoublewords), unpckhps: packed(SSE, shuffle.unpackHighDoublewords), unpcklpd: packed(SSE2, shuffle.unpackLowQuadwords), unpckhpd: packed(SSE2, shuffle.unpackHighQuadwords),
  packsswb: packed(MMX, shuffle.packSignedWords), packuswb: packed(MMX, shuffle.packUnsignedWords), packssdw: packed(MMX, shuffle.packSignedDoublewords),
  pshufd: packed(SSE2, shuffle.shuffleDoublewords), pshufw: packed(MMX_SSE, shuffle.shuffleLowWords), pshuflw: packed(SSE2, shuffle.shuffleLowWords), pshufhw: packed(SSE2, shuffle.shuffleHighWords),
  shufps: packed(SSE, shuffle.shuffleSingles), shufpd: packed(SSE2, shuffle.shuffleDoubles), pinsrw: packed(MMX_SSE, shuffle.insertWord), pextrw,
  movsldup: packed(SSE3, shuffle.duplicateEvenSingles), movshdup: packed(SSE3, shuffle.duplicateOddSingles), movddup: packed(SSE3, shuffle.duplicateLowDouble),
  pmovmskb: signMask(MMX_SSE, 1), movmskps: signMask(SSE, 4), movmskpd: signMask(SSE2, 8),
};
