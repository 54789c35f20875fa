// Packed integer arithmetic, logic, comparison and shifts, on MMX and XMM registers, and the logic of SSE: SDM 1 "MMX Instructions",
// "SSE 64-Bit SIMD Integer Instructions", "SSE2 128-Bit SIMD Integer Instructions". What happens to the lanes is core/cpu/simd.
import { packed } from '../simd/bind.ts';
import { MMX, MMX_SSE, MMX_SSE2, SSE, SSE2 } from '../simd/features.ts';
import * as lanes from '../simd/integer-lanes.ts';
import * as shift from '../simd/shift-lanes.ts';

export const SIMD_INTEGER = {
  paddb: packed(MMX, lanes.addBytes), paddw: packed(MMX, lanes.addWords), paddd: packed(MMX, lanes.addDoublewords), paddq: packed(MMX_SSE2, lanes.addQuadwords),
  paddsb: packed(MMX, lanes.addSignedBytes), paddsw: packed(MMX, lanes.addSignedWords), paddusb: packed(MMX, lanes.addUnsignedBytes), paddusw: packed(MMX, lanes.addUnsignedWords),
  psubb: packed(MMX, lanes.subtractBytes), psubw: packed(MMX, lanes.subtractWords), psubd: packed(MMX, lanes.subtractDoublewords), psubq: packed(MMX_SSE2, lanes.subtractQuadwords),
  psubsb: packed(MMX, lanes.subtractSignedBytes), psubsw: packed(MMX, lanes.subtractSignedWords),
  psubusb: packed(MMX, lanes.subtractUnsignedBytes), psubusw: packed(MMX, lanes.subtractUnsignedWords),
  pmullw: packed(MMX, lanes.multiplyLow), pmulhw: packed(MMX, lanes.multiplyHighSigned), pmulhuw: packed(MMX_SSE, lanes.multiplyHighUnsigned),
  pmuludq: packed(MMX_SSE2, lanes.multiplyDoublewords), pmaddwd: packed(MMX, lanes.multiplyAndAdd), psadbw: packed(MMX_SSE, lanes.sumOfDifferences),
  pavgb: packed(MMX_SSE, lanes.averageBytes), pavgw: packed(MMX_SSE, lanes.averageWords),
  pminub: packed(MMX_SSE, lanes.lowerUnsignedBytes), pmaxub: packed(MMX_SSE, lanes.higherUnsignedBytes), pminsw: packed(MMX_SSE, lanes.lowerWords), pmaxsw: packed(MMX_SSE, lanes.higherWords),
  pcmpeqb: packed(MMX, lanes.equalBytes), pcmpeqw: packed(MMX, lanes.equalWords), pcmpeqd: packed(MMX, lanes.equalDoublewords),
  pcmpgtb: packed(MMX, lanes.greaterBytes), pcmpgtw: packed(MMX, lanes.greaterWords), pcmpgtd: packed(MMX, lanes.greaterDoublewords),
  pand: packed(MMX, lanes.and), pandn: packed(MMX, lanes.andNot), por: packed(MMX, lanes.or), pxor: packed(MMX, lanes.xor),
  andps: packed(SSE, lanes.and), andnps: packed(SSE, lanes.andNot), orps: packed(SSE, lanes.or), xorps: packed(SSE, lanes.xor),
  andpd: packed(SSE2, lanes.and), andnpd: packed(SSE2, lanes.andNot), orpd: packed(SSE2, lanes.or), xorpd: packed(SSE2, lanes.xor),
  psllw: packed(MMX, shift.shiftWordsLeft), pslld: packed(MMX, shift.shiftDoublewordsLeft), psllq: packed(MMX, shift.shiftQuadwordsLeft), pslldq: packed(SSE2, shift.shiftBytesLeft),
  psrlw: packed(MMX, shift.shiftWordsRight), psrld: packed(MMX, shift.shiftDoublewordsRight), psrlq: packed(MMX, shift.shiftQuadwordsRight), psrldq: packed(SSE2, shift.shiftBytesRight),
  psraw: packed(MMX, shift.shiftWordsArithmetically), psrad: packed(MMX, shift.shiftDoublewordsArithmetically),
};
