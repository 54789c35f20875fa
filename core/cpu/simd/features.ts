// Which extension an instruction belongs to, in its form with MMX and in its form with XMM registers. SDM 1 "Instruction Set Summary".

import { HAS_MMX, HAS_SSE, HAS_SSE2, HAS_SSE3 } from '../../arch/cpu-models.ts';

/** HAS_ bits of cpu-models.ts; 0 where there is no such form. */
export interface Features { readonly mmx: number; readonly xmm: number }

/** Integers on MMX registers since MMX, since SSE and since SSE2; on XMM registers always since SSE2. */
export const MMX: Features = { mmx: HAS_MMX, xmm: HAS_SSE2 }, MMX_SSE: Features = { mmx: HAS_SSE, xmm: HAS_SSE2 }, MMX_SSE2: Features = { mmx: HAS_SSE2, xmm: HAS_SSE2 };
/** XMM registers only. */
export const SSE: Features = { mmx: 0, xmm: HAS_SSE }, SSE2: Features = { mmx: 0, xmm: HAS_SSE2 }, SSE3: Features = { mmx: 0, xmm: HAS_SSE3 };
