// The five phases of bench.asm: what each does, how much of it there is, and the result it must print.

export const PHASES = ['A', 'B', 'C', 'D', 'E'] as const;
export type Phase = (typeof PHASES)[number];

export interface PhaseSize {
  /** Units of work in the whole phase: instructions in A and B, round trips in C and D, page faults in E. */
  readonly work: number;
  /** The eight digits printed behind `>X`. */
  readonly expected: string;
}
export interface WorkSet { readonly image: string; readonly sizes: Readonly<Record<Phase, PhaseSize>> }

export const PHASE_TITLES: Readonly<Record<Phase, { readonly title: string; readonly unit: string; readonly scale: number }>> = {
  A: { title: 'arithmetic and branches', unit: 'M instructions/s', scale: 1e6 },
  B: { title: 'sieve, memory', unit: 'M instructions/s', scale: 1e6 },
  C: { title: 'int 0x80 and iret', unit: 'k round trips/s', scale: 1e3 },
  D: { title: 'sysenter and sysexit', unit: 'k round trips/s', scale: 1e3 },
  E: { title: 'page faults', unit: 'k faults/s', scale: 1e3 },
};

/** bench-elf.img. Counts follow from bench.asm; results are those of bench.rom. */
export const FULL: WorkSet = {
  image: 'bench-elf.img',
  sizes: {
    A: { work: 285_001_568, expected: '01396AAC' }, B: { work: 377_450_616, expected: '001C7E44' },
    C: { work: 1_000_000, expected: '000F4240' }, D: { work: 1_000_000, expected: '000F4240' }, E: { work: 524_288, expected: '00080000' },
  },
};

/** small-elf.img, with the sizes of small.rom. */
export const SMALL: WorkSet = {
  image: 'small-elf.img',
  sizes: {
    A: { work: 2_849_005, expected: 'E10FAF70' }, B: { work: 31_454_218, expected: '00025FDB' },
    C: { work: 20_000, expected: '00004E20' }, D: { work: 20_000, expected: '00004E20' }, E: { work: 16_384, expected: '00004000' },
  },
};
