// Random guests of straight code that write to a small piece of memory, with a log of every write made beside them.

/** A repeatable stream of numbers below `n`. */
export type Random = (n: number) => number;
export function random(seed: number): Random {
  let state = seed;
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
}

/** One write as it is known from the program's text: `value` little-endian; of a REP, the iteration. */
export interface LoggedWrite { readonly icount: number; readonly iteration: number; readonly physical: number; readonly bytes: readonly number[] }
export interface WritingGuest { readonly image: Uint8Array; readonly log: readonly LoggedWrite[]; readonly instructions: number }

export const ORG = 0x10_0000;
/** Where the writes go: the end of one page and the beginning of the next. */
export const ARENA = 0x20_0fe8, ARENA_BYTES = 48;
export const word = (value: number): number[] => [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff];

class Program {
  readonly code: number[] = [];
  readonly log: LoggedWrite[] = [];
  icount = 0;

  instruction(code: readonly number[], physical: number | null = null, bytes: readonly number[] = []): void {
    this.code.push(...code);
    if (physical !== null) this.log.push({ icount: this.icount, iteration: 0, physical, bytes });
    this.icount += 1;
  }

  repeated(code: readonly number[], writes: readonly { readonly physical: number; readonly bytes: readonly number[] }[]): void {
    this.code.push(...code);
    writes.forEach(({ physical, bytes }, iteration) => { this.log.push({ icount: this.icount, iteration, physical, bytes }); });
    this.icount += 1;
  }
}

/** `count` random steps, each of them one to four instructions. */
export function writingGuest(next: Random, count: number): WritingGuest {
  const program = new Program();
  for (let step = 0; step < count; step += 1) STEPS[next(STEPS.length)]!(program, next);
  program.instruction([0xf4]);
  return { image: Uint8Array.from(program.code), log: program.log, instructions: program.icount };
}

const place = (next: Random, bytes: number): number => ARENA + next(ARENA_BYTES - bytes);
const STEPS: readonly ((program: Program, next: Random) => void)[] = [
  // mov dword [at], value
  (program, next) => { const at = place(next, 4), value = word(next(2 ** 31)); program.instruction([0xc7, 0x05, ...word(at), ...value], at, value); },
  // mov word [at], value
  (program, next) => { const at = place(next, 2), value = word(next(2 ** 16)).slice(0, 2); program.instruction([0x66, 0xc7, 0x05, ...word(at), ...value], at, value); },
  // mov byte [at], value
  (program, next) => { const at = place(next, 1), value = [next(256)]; program.instruction([0xc6, 0x05, ...word(at), ...value], at, value); },
  // nop
  (program) => { program.instruction([0x90]); },
  // mov esp, at / push dword value
  (program, next) => {
    const at = place(next, 4), value = word(next(2 ** 31));
    program.instruction([0xbc, ...word(at + 4)]);
    program.instruction([0x68, ...value], at, value);
  },
  // mov edi, at / mov ecx, count / mov eax, value / rep stosb, rep stosd, or downwards
  (program, next) => {
    const size = next(2) === 0 ? 1 : 4, times = 1 + next(5), value = word(next(2 ** 31)), down = next(3) === 0;
    const at = ARENA + next(ARENA_BYTES - size * times);
    program.instruction([0xbf, ...word(down ? at + size * (times - 1) : at)]);
    program.instruction([0xb9, ...word(times)]);
    program.instruction([0xb8, ...value]);
    program.instruction([down ? 0xfd : 0xfc]);
    const writes = Array.from({ length: times }, (_, index) => ({ physical: at + size * (down ? times - 1 - index : index), bytes: value.slice(0, size) }));
    program.repeated([0xf3, size === 1 ? 0xaa : 0xab], writes);
  },
];
