// Lanes that change places: packing, unpacking, shuffling, single words and sign masks. SDM 1 "MMX Instructions", "SSE Shuffle and Unpack
// Instructions", "SSE2 Shuffle and Unpack Instructions". What happens to the lanes is core/cpu/simd/shuffle-lanes.ts.
import { MMX_REGISTER, type Insn } from '../../isa/insn.ts';
import { beginMmx, demandSse } from '../simd/available.ts';
import { packed } from '../simd/bind.ts';
import { newLanes } from '../simd/lanes.ts';
import { readLanes } from '../simd/operands.ts';
import * as shuffle from '../simd/shuffle-lanes.ts';
import type { Cpu } from '../state.ts';
import { enterMmx } from '../x87/mmx-state.ts';
import type { Execute } from './execute-type.ts';

const read = newLanes();

/** Reads the MMX or XMM source register of an instruction that writes a general register; the number of its bytes, 0 when it has to be left. */
function readRegister(cpu: Cpu, insn: Insn): number {
  const isMmx = insn.source.kind === MMX_REGISTER;
  if (!isMmx) demandSse(cpu);
  else if (!beginMmx(cpu)) return 0;
  readLanes(cpu, insn, insn.source, read, 'aligned');
  if (isMmx) enterMmx(cpu);
  return isMmx ? 8 : 16;
}

function pextrw(cpu: Cpu, insn: Insn): void {
  const bytes = readRegister(cpu, insn);
  if (bytes === 0) return;
  cpu.set32(insn.destination.register, read.u16[insn.immediate & ((bytes >>> 1) - 1)]!);
}

// The top bits of lanes of `laneBytes`, lowest first, zero-extended into a general register.
function signMask(laneBytes: 1 | 4 | 8): Execute {
  return (cpu, insn) => {
    const bytes = readRegister(cpu, insn);
    if (bytes === 0) return;
    let mask = 0;
    for (let last = laneBytes - 1, bit = 0; last < bytes; last += laneBytes, bit += 1) mask |= (read.u8[last]! >>> 7) << bit;
    cpu.set32(insn.destination.register, mask);
  };
}

export const SIMD_SHUFFLE = {
  punpcklbw: packed(shuffle.unpackLowBytes), punpcklwd: packed(shuffle.unpackLowWords), punpckldq: packed(shuffle.unpackLowDoublewords),
  punpcklqdq: packed(shuffle.unpackLowQuadwords), punpckhbw: packed(shuffle.unpackHighBytes), punpckhwd: packed(shuffle.unpackHighWords),
  punpckhdq: packed(shuffle.unpackHighDoublewords), punpckhqdq: packed(shuffle.unpackHighQuadwords),
  unpcklps: packed(shuffle.unpackLowDoublewords), unpckhps: packed(shuffle.unpackHighDoublewords), unpcklpd: packed(shuffle.unpackLowQuadwords), unpckhpd: packed(shuffle.unpackHighQuadwords),
  packsswb: packed(shuffle.packSignedWords), packuswb: packed(shuffle.packUnsignedWords), packssdw: packed(shuffle.packSignedDoublewords),
  pshufd: packed(shuffle.shuffleDoublewords), pshufw: packed(shuffle.shuffleLowWords), pshuflw: packed(shuffle.shuffleLowWords), pshufhw: packed(shuffle.shuffleHighWords),
  shufps: packed(shuffle.shuffleSingles), shufpd: packed(shuffle.shuffleDoubles), pinsrw: packed(shuffle.insertWord), pextrw,
  movsldup: packed(shuffle.duplicateEvenSingles), movshdup: packed(shuffle.duplicateOddSingles), movddup: packed(shuffle.duplicateLowDouble),
  pmovmskb: signMask(1), movmskps: signMask(4), movmskpd: signMask(8),
};
