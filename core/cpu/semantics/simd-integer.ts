// Packed integer arithmetic, logic, comparison and shifts, on MMX and XMM registers, and the logic of SSE: SDM 1 "MMX Instructions",
// "SSE 64-Bit SIMD Integer Instructions", "SSE2 128-Bit SIMD Integer Instructions". What happens to the lanes is core/cpu/simd.
import { packed } from '../simd/bind.ts';
import * as lanes from '../simd/integer-lanes.ts';
import * as shift from '../simd/shift-lanes.ts';

export const SIMD_INTEGER = {
  paddb: packed(lanes.addBytes), paddw: packed(lanes.addWords), paddd: packed(lanes.addDoublewords), paddq: packed(lanes.addQuadwords),
  paddsb: packed(lanes.addSignedBytes), paddsw: packed(lanes.addSignedWords), paddusb: packed(lanes.addUnsignedBytes), paddusw: packed(lanes.addUnsignedWords),
  psubb: packed(lanes.subtractBytes), psubw: packed(lanes.subtractWords), psubd: packed(lanes.subtractDoublewords), psubq: packed(lanes.subtractQuadwords),
  psubsb: packed(lanes.subtractSignedBytes), psubsw: packed(lanes.subtractSignedWords),
  psubusb: packed(lanes.subtractUnsignedBytes), psubusw: packed(lanes.subtractUnsignedWords),
  pmullw: packed(lanes.multiplyLow), pmulhw: packed(lanes.multiplyHighSigned), pmulhuw: packed(lanes.multiplyHighUnsigned),
  pmuludq: packed(lanes.multiplyDoublewords), pmaddwd: packed(lanes.multiplyAndAdd), psadbw: packed(lanes.sumOfDifferences),
  pavgb: packed(lanes.averageBytes), pavgw: packed(lanes.averageWords),
  pminub: packed(lanes.lowerUnsignedBytes), pmaxub: packed(lanes.higherUnsignedBytes), pminsw: packed(lanes.lowerWords), pmaxsw: packed(lanes.higherWords),
  pcmpeqb: packed(lanes.equalBytes), pcmpeqw: packed(lanes.equalWords), pcmpeqd: packed(lanes.equalDoublewords),
  pcmpgtb: packed(lanes.greaterBytes), pcmpgtw: packed(lanes.greaterWords), pcmpgtd: packed(lanes.greaterDoublewords),
  pand: packed(lanes.and), pandn: packed(lanes.andNot), por: packed(lanes.or), pxor: packed(lanes.xor),
  andps: packed(lanes.and), andnps: packed(lanes.andNot), orps: packed(lanes.or), xorps: packed(lanes.xor),
  andpd: packed(lanes.and), andnpd: packed(lanes.andNot), orpd: packed(lanes.or), xorpd: packed(lanes.xor),
  psllw: packed(shift.shiftWordsLeft), pslld: packed(shift.shiftDoublewordsLeft), psllq: packed(shift.shiftQuadwordsLeft), pslldq: packed(shift.shiftBytesLeft),
  psrlw: packed(shift.shiftWordsRight), psrld: packed(shift.shiftDoublewordsRight), psrlq: packed(shift.shiftQuadwordsRight), psrldq: packed(shift.shiftBytesRight),
  psraw: packed(shift.shiftWordsArithmetically), psrad: packed(shift.shiftDoublewordsArithmetically),
};
