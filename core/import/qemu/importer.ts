// Lines of a QEMU log -> events. This walks the lines and gives dumps to whom they belong; deliveries.ts decides what they say, rows.ts
// writes it down. Nothing is held but the dump being read, the last record, and one dump a processor.

import { registerOffset } from '../../arch/register-file.ts';
import type { Probe } from '../../event/probe.ts';
import { Grammar } from '../grammar.ts';
import { LineCounts } from '../line-counts.ts';
import type { LineListener } from '../line-splitter.ts';
import { Deliveries } from './deliveries.ts';
import { Dump, DUMP_AGAIN, DUMP_BROKEN, DUMP_COMPLETE } from './dump.ts';
import { noFacts } from './facts.ts';
import { QEMU_RULES, type QemuRuleId } from './grammar.ts';
import { modeOfDump } from './record.ts';
import { Rows } from './rows.ts';

/** Whose registers the next dump shows. `exec`: of a translation block, left for a later version. `nobody`: a dump on its own. */
type Owner = 'record' | 'reset' | 'smm' | 'exec' | 'nobody';

const CPL = registerOffset('cpl'), EFER = registerOffset('efer'), EFER_LMA = 1 << 10;
const RULE_IDS: readonly QemuRuleId[] = QEMU_RULES.map(({ id }) => id);
const IS_DUMP = RULE_IDS.map((id) => Dump.has(id));

export class QemuImporter implements LineListener {
  readonly counts = new LineCounts(QEMU_RULES);
  readonly facts = noFacts();
  readonly rows: Rows;
  private readonly grammar = new Grammar(QEMU_RULES);
  private readonly dump = new Dump();
  private readonly deliveries: Deliveries;
  private owner: Owner = 'nobody';
  private dumpLine = 0;
  private isDumpOpen = false;

  /** `open` makes the output at the first event. */
  constructor(open: () => Probe) {
    this.rows = new Rows(open);
    this.deliveries = new Deliveries(this.rows, this.facts);
  }

  line(bytes: Uint8Array, first: number, end: number, isCut: boolean): void {
    const { grammar, counts } = this;
    if (!grammar.match(bytes, first, end) || (isCut && this.isCutShort())) {
      if (isCut) counts.addCut();
      else counts.addUnknown(bytes, first, end);
      return;
    }
    counts.addRule(grammar.rule);
    if (IS_DUMP[grammar.rule]!) this.takeDump(RULE_IDS[grammar.rule]!);
    else this.takeLine(RULE_IDS[grammar.rule]!);
  }

  overlong(): void {
    this.counts.addOverlong();
  }

  /** Writes what the last lines left open. */
  finish(): void {
    this.closeOwner();
    this.deliveries.flush();
  }

  // the last number of a record has as many digits as its others: fewer, and the line was cut inside it
  private isCutShort(): boolean {
    const { fields, rule } = this.grammar;
    return RULE_IDS[rule] === 'record' && fields.digits[fields.count - 1] !== fields.digits[7];
  }

  private takeLine(rule: QemuRuleId): void {
    const { deliveries, counts: { lines }, grammar: { fields } } = this;
    switch (rule) {
      case 'record':
        this.closeOwner();
        deliveries.record(fields, lines);
        this.expect('record');
        return;
      case 'check-exception':
        this.closeOwner();
        deliveries.raise(fields.lo[0]!, fields.lo[1]!, lines);
        return;
      case 'hardware':
        this.closeOwner();
        deliveries.service(fields.lo[0]!, lines);
        return;
      case 'triple-fault':
        this.closeOwner();
        deliveries.tripleFault(lines);
        return;
      case 'smm-enter': case 'smm-leave':
        this.beginFolded('smm');
        deliveries.folding.visit(rule === 'smm-enter' ? 'enter' : 'leave', lines);
        return;
      case 'reset':
        this.beginFolded('reset');
        deliveries.folding.reset(fields.lo[0]!, lines);
        return;
      case 'exec':
        this.closeOwner();
        this.expect('exec');
        return;
      default:
    }
  }

  private beginFolded(owner: 'smm' | 'reset'): void {
    this.closeOwner();
    this.deliveries.closeEvent();
    this.expect(owner);
  }

  private expect(owner: Owner): void {
    this.owner = owner;
    this.isDumpOpen = false;
    this.dumpLine = this.counts.lines;
    this.dump.reset();
  }

  private takeDump(rule: QemuRuleId): void {
    const { dump, grammar } = this;
    if (!this.isDumpOpen && this.owner === 'nobody') this.dumpLine = this.counts.lines;
    this.isDumpOpen = true;
    const outcome = dump.take(rule, grammar.variant, grammar.fields);
    if (outcome === DUMP_AGAIN) {
      this.closeOwner({ keepsDump: true });
      this.isDumpOpen = true;
      this.dumpLine = this.counts.lines;
    } else if (outcome === DUMP_COMPLETE) this.handOver(dump.registers);
    else if (outcome === DUMP_BROKEN) this.closeOwner();
  }

  /** The dump of the owner did not come, or not whole. */
  private closeOwner({ keepsDump = false }: { readonly keepsDump?: boolean } = {}): void {
    const { owner, isDumpOpen } = this;
    if (isDumpOpen && owner !== 'exec') this.facts.incompleteDumps += 1;
    this.owner = 'nobody';
    this.isDumpOpen = false;
    if (!keepsDump) this.dump.reset();
    if (owner === 'record') this.deliveries.recordDump(null);
  }

  private handOver(registers: Uint32Array): void {
    const { owner, deliveries } = this;
    this.owner = 'nobody';
    this.isDumpOpen = false;
    if (this.dump.isNarrow && (registers[EFER]! & EFER_LMA) !== 0) this.facts.narrowDumps += 1;
    if (owner === 'record') deliveries.recordDump(registers);
    else if (owner === 'reset') deliveries.folding.resetDump(registers);
    else if (owner === 'smm') {
      deliveries.sawDump(registers);
      deliveries.folding.visitDump(registers);
    } else if (owner === 'nobody') this.snapshot(registers);
    this.dump.reset();
  }

  private snapshot(registers: Uint32Array): void {
    const processor = this.deliveries.sawDump(registers);
    this.deliveries.closeEvent();
    this.deliveries.folding.flush();
    this.rows.show(registers);
    processor.seqLast = this.rows.snapshot(registers, this.dumpLine, { detail: null, mode: modeOfDump(registers), cpl: registers[CPL]! });
  }
}
