// The rule catalogue: every architectural check the processor makes, with a title in words, its citation, and the procedure it
// belongs to. The order within a procedure is the manual's order; there are no conditions here, those live in core/cpu alone.

export interface Rule {
  /** Kebab-case id, the name a user sees and a test cites. */
  readonly id: string;
  /** What must hold, as one plain sentence without a full stop. */
  readonly title: string;
  /** Volume and section title, for example `SDM 3A "Stack Switching"`. */
  readonly cite: string;
  /** The procedure whose ladder shows it. */
  readonly procedure: string;
}

/** The rules in ladder order. A row's position is its code in this version; files name the list in their header. */
export const RULES = [
  { id: 'none', title: 'no check is involved', cite: 'EVENTS.md "fault"', procedure: 'none' },
] as const satisfies readonly Rule[];

export type RuleId = (typeof RULES)[number]['id'];

/** Ids in code order, as a trace's header stores them. */
export const RULE_IDS: readonly string[] = RULES.map((one) => one.id);

const codes = new Map<string, number>(RULES.map((one, code) => [one.id, code]));

/** Code of a rule, for `demand(cpu, rule('iret-cs-rpl'), …)`; evaluate once per module, not per check. */
export function rule(id: RuleId): number {
  return codes.get(id) ?? 0;
}
