// Floating-point arithmetic, comparison and conversion: SDM 1 "SSE SIMD Single Precision Floating-Point Instructions", "SSE2 Packed and Scalar
// Double Precision Floating-Point Instructions", "SSE3 Instructions". What happens to a lane is core/cpu/simd.
import { FLAG_CF, FLAG_PF, FLAG_ZF, writeStatusFlags } from '../flags.ts';
import { demandSse } from '../simd/available.ts';
import { approximations, floats, fromMmx, horizontal, readScalars, toGeneral, toMmx, type FloatShape } from '../simd/bind-float.ts';
import * as convert from '../simd/convert-lanes.ts';
import { beginFloat, endFloat } from '../simd/exceptions.ts';
import { DOUBLES, SINGLES, type LaneFormat } from '../simd/float-formats.ts';
import * as lane from '../simd/float-lanes.ts';
import { EQUAL, LESS, UNORDERED } from '../soft-float/compare.ts';
import { QNAN, SNAN } from '../soft-float/float.ts';
import type { Execute } from './execute-type.ts';

const PS: FloatShape = { count: 4 }, SS: FloatShape = { count: 1 };
const PD: FloatShape = { count: 2 }, SD: FloatShape = { count: 1 };
const PS3: FloatShape = { count: 4 }, PD3: FloatShape = { count: 2 };
/** Conversions of four lanes, of two into the lower half (the upper one becomes zero), of two into the whole register. */
const FOUR: FloatShape = { count: 4 }, LOWER: FloatShape = { count: 2, above: 'zero' }, TWO = PD;

// COMISS, UCOMISS and their doubles: ZF, PF and CF; the other status flags are cleared. QNaNs are invalid for COMIS* alone.
function ordered(format: LaneFormat, invalidFrom: number): Execute {
  return (cpu, insn) => {
    demandSse(cpu);
    const { left, right } = readScalars(cpu, insn);
    beginFloat(cpu);
    const relation = lane.relationOf(format, left, right, 0, invalidFrom);
    endFloat(cpu);

    writeStatusFlags(cpu, relation === UNORDERED ? FLAG_ZF | FLAG_PF | FLAG_CF : relation === EQUAL ? FLAG_ZF : relation === LESS ? FLAG_CF : 0);
  };
}

export const SIMD_FLOAT = {
  addps: floats(PS, lane.addSingle), addss: floats(SS, lane.addSingle), addpd: floats(PD, lane.addDouble), addsd: floats(SD, lane.addDouble),
  subps: floats(PS, lane.subtractSingle), subss: floats(SS, lane.subtractSingle), subpd: floats(PD, lane.subtractDouble), subsd: floats(SD, lane.subtractDouble),
  mulps: floats(PS, lane.multiplySingle), mulss: floats(SS, lane.multiplySingle), mulpd: floats(PD, lane.multiplyDouble), mulsd: floats(SD, lane.multiplyDouble),
  divps: floats(PS, lane.divideSingle), divss: floats(SS, lane.divideSingle), divpd: floats(PD, lane.divideDouble), divsd: floats(SD, lane.divideDouble),
  sqrtps: floats(PS, lane.rootSingle), sqrtss: floats(SS, lane.rootSingle), sqrtpd: floats(PD, lane.rootDouble), sqrtsd: floats(SD, lane.rootDouble),
  minps: floats(PS, lane.lowerSingle), minss: floats(SS, lane.lowerSingle), minpd: floats(PD, lane.lowerDouble), minsd: floats(SD, lane.lowerDouble),
  maxps: floats(PS, lane.higherSingle), maxss: floats(SS, lane.higherSingle), maxpd: floats(PD, lane.higherDouble), maxsd: floats(SD, lane.higherDouble),
  cmpps: floats(PS, lane.compareSingle), cmpss: floats(SS, lane.compareSingle), cmppd: floats(PD, lane.compareDouble), cmpsd: floats(SD, lane.compareDouble),
  rcpps: approximations(PS, lane.reciprocalSingle), rcpss: approximations(SS, lane.reciprocalSingle), rsqrtps: approximations(PS, lane.reciprocalRootSingle), rsqrtss: approximations(SS, lane.reciprocalRootSingle),
  addsubps: floats(PS3, lane.alternateSingle), addsubpd: floats(PD3, lane.alternateDouble),
  haddps: horizontal(PS3, lane.addSingle), haddpd: horizontal(PD3, lane.addDouble), hsubps: horizontal(PS3, lane.subtractSingle), hsubpd: horizontal(PD3, lane.subtractDouble),

  comiss: ordered(SINGLES, QNAN), comisd: ordered(DOUBLES, QNAN), ucomiss: ordered(SINGLES, SNAN), ucomisd: ordered(DOUBLES, SNAN),

  cvtps2pd: floats(TWO, convert.singleToDouble), cvtss2sd: floats(SD, convert.singleToDouble), cvtpd2ps: floats(LOWER, convert.doubleToSingle), cvtsd2ss: floats(SD, convert.doubleToSingle),
  cvtdq2ps: floats(FOUR, convert.integerToSingle), cvtdq2pd: floats(TWO, convert.integerToDouble), cvtsi2ss: floats(SS, convert.integerToSingle), cvtsi2sd: floats(SD, convert.integerToDouble),
  cvtps2dq: floats(FOUR, convert.intoLane(convert.singleToInteger)), cvttps2dq: floats(FOUR, convert.intoLane(convert.singleTruncated)),
  cvtpd2dq: floats(LOWER, convert.intoLane(convert.doubleToInteger)), cvttpd2dq: floats(LOWER, convert.intoLane(convert.doubleTruncated)),
  cvtss2si: toGeneral(convert.singleToInteger), cvttss2si: toGeneral(convert.singleTruncated),
  cvtsd2si: toGeneral(convert.doubleToInteger), cvttsd2si: toGeneral(convert.doubleTruncated),
  cvtpi2ps: fromMmx(convert.integerToSingle), cvtpi2pd: fromMmx(convert.integerToDouble),
  cvtps2pi: toMmx(convert.singleToInteger), cvttps2pi: toMmx(convert.singleTruncated),
  cvtpd2pi: toMmx(convert.doubleToInteger), cvttpd2pi: toMmx(convert.doubleTruncated),
};
