// Times the guest's markers as they arrive: `<X` at the start of phase X, `>Xhhhhhhhh` at its end, `.` on a line of its own at
// the end of all. Fed with pieces of console output and the time each arrived.

import { PHASES, type Phase } from './phases.ts';

export interface Timing {
  /** From marker to marker; null when both came in one piece, which says nothing about the time between. */
  readonly milliseconds: number | null;
  readonly result: string;
}

const isPhase = (letter: string): letter is Phase => PHASES.some((phase) => phase === letter);

export class MarkerClock {
  readonly timings = new Map<Phase, Timing>();
  finished = false;
  private text = '';
  private readonly started = new Map<Phase, number>();
  private readonly ended = new Map<Phase, number>();

  /** Takes console output that arrived at `at` (milliseconds of any steady clock). */
  feed(piece: string, at: number): void {
    for (const character of piece) {
      this.text += character;
      const [mark, letter] = this.text.slice(-2);
      if (letter !== undefined && isPhase(letter)) {
        if (mark === '<') this.started.set(letter, at);
        if (mark === '>') this.ended.set(letter, at);
      }
      if (character === '\n') this.closeLine();
    }
  }

  /** What the guest printed last, for messages. */
  tail(): string {
    return this.text.slice(-80);
  }

  private closeLine(): void {
    const line = /(?:^|\n)([^\n]*)\n$/.exec(this.text)?.[1] ?? '';
    if (line === '.') this.finished = true;
    const end = />([A-E])([0-9A-F]{8})$/.exec(line);
    const phase = end?.[1];
    if (phase === undefined || !isPhase(phase)) return;
    const started = this.started.get(phase);
    const ended = this.ended.get(phase);
    const milliseconds = started === undefined || ended === undefined || ended <= started ? null : ended - started;
    this.timings.set(phase, { milliseconds, result: end?.[2] ?? '' });
  }
}
