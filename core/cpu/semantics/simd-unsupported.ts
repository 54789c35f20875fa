// MMX and SSE operations of the table that do not execute yet.
import type { SIMD_ROWS } from '../../isa/opcodes-simd.ts';
import type { SemanticsRows } from './execute-type.ts';
import { unsupported } from './unsupported.ts';

export const SIMD_UNSUPPORTED = {
  movups: unsupported, movupd: unsupported, movss: unsupported, movsd: unsupported, movlps: unsupported, movhlps: unsupported, movlpd: unsupported,
  movsldup: unsupported, movddup: unsupported, unpcklps: unsupported, unpcklpd: unsupported, unpckhps: unsupported, unpckhpd: unsupported,
  movhps: unsupported, movlhps: unsupported, movhpd: unsupported, movshdup: unsupported, movaps: unsupported, movapd: unsupported,
  movntps: unsupported, movntpd: unsupported, cvtpi2ps: unsupported, cvtpi2pd: unsupported, cvtsi2ss: unsupported, cvtsi2sd: unsupported,
  cvttps2pi: unsupported, cvttpd2pi: unsupported, cvttss2si: unsupported, cvttsd2si: unsupported, cvtps2pi: unsupported, cvtpd2pi: unsupported,
  cvtss2si: unsupported, cvtsd2si: unsupported, ucomiss: unsupported, ucomisd: unsupported, comiss: unsupported, comisd: unsupported,
  movmskps: unsupported, movmskpd: unsupported, sqrtps: unsupported, sqrtpd: unsupported, sqrtss: unsupported, sqrtsd: unsupported,
  rsqrtps: unsupported, rsqrtss: unsupported, rcpps: unsupported, rcpss: unsupported, andps: unsupported, andpd: unsupported, andnps: unsupported,
  andnpd: unsupported, orps: unsupported, orpd: unsupported, xorps: unsupported, xorpd: unsupported, addps: unsupported, addpd: unsupported,
  addss: unsupported, addsd: unsupported, mulps: unsupported, mulpd: unsupported, mulss: unsupported, mulsd: unsupported, subps: unsupported,
  subpd: unsupported, subss: unsupported, subsd: unsupported, minps: unsupported, minpd: unsupported, minss: unsupported, minsd: unsupported,
  divps: unsupported, divpd: unsupported, divss: unsupported, divsd: unsupported, maxps: unsupported, maxpd: unsupported, maxss: unsupported,
  maxsd: unsupported, cvtps2pd: unsupported, cvtpd2ps: unsupported, cvtss2sd: unsupported, cvtsd2ss: unsupported, cvtdq2ps: unsupported,
  cvtps2dq: unsupported, cvttps2dq: unsupported, punpcklbw: unsupported, punpcklwd: unsupported, punpckldq: unsupported, packsswb: unsupported,
  pcmpgtb: unsupported, pcmpgtw: unsupported, pcmpgtd: unsupported, packuswb: unsupported, punpckhbw: unsupported, punpckhwd: unsupported,
  punpckhdq: unsupported, packssdw: unsupported, pcmpeqb: unsupported, pcmpeqw: unsupported, pcmpeqd: unsupported, psrlw: unsupported,
  psrld: unsupported, psrlq: unsupported, paddq: unsupported, pmullw: unsupported, psubusb: unsupported, psubusw: unsupported, pminub: unsupported,
  pand: unsupported, paddusb: unsupported, paddusw: unsupported, pmaxub: unsupported, pandn: unsupported, pavgb: unsupported, psraw: unsupported,
  psrad: unsupported, pavgw: unsupported, pmulhuw: unsupported, pmulhw: unsupported, psubsb: unsupported, psubsw: unsupported, pminsw: unsupported,
  por: unsupported, paddsb: unsupported, paddsw: unsupported, pmaxsw: unsupported, pxor: unsupported, psllw: unsupported, pslld: unsupported,
  psllq: unsupported, pmuludq: unsupported, pmaddwd: unsupported, psadbw: unsupported, psubb: unsupported, psubw: unsupported, psubd: unsupported,
  psubq: unsupported, paddb: unsupported, paddw: unsupported, paddd: unsupported, punpcklqdq: unsupported, punpckhqdq: unsupported, movd: unsupported,
  movq: unsupported, movdqa: unsupported, movdqu: unsupported, pshufw: unsupported, pshufd: unsupported, pshufhw: unsupported, pshuflw: unsupported,
  psrldq: unsupported, pslldq: unsupported, emms: unsupported, haddpd: unsupported, haddps: unsupported, hsubpd: unsupported, hsubps: unsupported,
  addsubpd: unsupported, addsubps: unsupported, fxsave: unsupported, fxrstor: unsupported, ldmxcsr: unsupported, stmxcsr: unsupported,
  xsave: unsupported, xrstor: unsupported, xsaveopt: unsupported, clflush: unsupported, clflushopt: unsupported, lfence: unsupported,
  mfence: unsupported, sfence: unsupported, cmpps: unsupported, cmppd: unsupported, cmpss: unsupported, cmpsd: unsupported, movnti: unsupported,
  pinsrw: unsupported, pextrw: unsupported, shufps: unsupported, shufpd: unsupported, movq2dq: unsupported, movdq2q: unsupported,
  pmovmskb: unsupported, cvttpd2dq: unsupported, cvtdq2pd: unsupported, cvtpd2dq: unsupported, movntq: unsupported, movntdq: unsupported,
  lddqu: unsupported, maskmovq: unsupported, maskmovdqu: unsupported,
} satisfies SemanticsRows<(typeof SIMD_ROWS)[number][1]>;
