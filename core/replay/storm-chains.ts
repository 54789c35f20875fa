// Chains of repeats while a recording is scanned: what repeats is named by a key, and each round goes on with the chain of its key or begins
// a new one. Chains that are too short are dropped when they end.

/** Chains looked after at a time: bounds what a hostile file can ask for. The one that has slept longest goes first. */
const CHAINS_MAX = 256;

/** Rounds of one storm in the making. */
export interface Chain {
  /** The first event of each round. */
  readonly rounds: readonly number[];
  /** The kernel visit of the last round. */
  readonly visit: number;
  /** The event the storm is told by. */
  readonly shown: number;
  /** Instructions the code that met it had run at the last round. */
  readonly progress: number;
}
interface Growing extends Chain { readonly rounds: number[]; visit: number; progress: number }

/** One round. `goesOn`: it belongs to the chain there is. */
export interface Round extends Omit<Chain, 'rounds'> { readonly round: number; readonly goesOn: boolean }

export class Chains {
  readonly #least: number;
  readonly #open = new Map<string, Growing>();
  readonly #done: Chain[] = [];

  /** `least`: rounds from which on a chain is kept. */
  constructor(least: number) { this.#least = least; }

  /** True before the first round. */
  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  /** The chain of a key, as far as it has come. */
  of(key: string): Chain | null {
    return this.#open.get(key) ?? null;
  }

  /** Adds a round: to the chain of its key when it goes on with it, else as the first of a new chain. */
  add(key: string, { round, visit, shown, progress, goesOn }: Round): void {
    const chain = this.#open.get(key);
    this.#open.delete(key);
    if (chain !== undefined && goesOn) {
      chain.rounds.push(round);
      chain.visit = visit;
      chain.progress = progress;
      this.#open.set(key, chain);
      return;
    }
    if (chain !== undefined) this.#end(chain);
    if (this.#open.size >= CHAINS_MAX) this.#endOldest();
    this.#open.set(key, { rounds: [round], visit, shown, progress });
  }

  /** Ends all and hands them out. */
  take(): readonly Chain[] {
    for (const chain of this.#open.values()) this.#end(chain);
    this.#open.clear();
    return this.#done;
  }

  #endOldest(): void {
    for (const [key, chain] of this.#open) { this.#open.delete(key); this.#end(chain); return; }
  }

  #end(chain: Chain): void {
    if (chain.rounds.length >= this.#least) this.#done.push(chain);
  }
}
