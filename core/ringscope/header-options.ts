// The options of a run as a trace's header lists them, by their command-line names, and back.

import { BadInput } from '../base/bad-input.ts';
import { parsePlan, printPlan, type PlannedChange } from '../event/change-plan.ts';
import { checkCount, checkMemory, checkModel, IMAGE_FORMATS, startModeOf, type ImageFormat, type MachineOptions } from '../machine/options.ts';
import type { HeaderValue, TraceHeader } from '../trace/header.ts';

/** What the header says about how the guest was run. */
export function optionsForHeader(options: MachineOptions, bounds: { readonly maxEvents: number; readonly until: string | null }): Readonly<Record<string, HeaderValue>> {
  return {
    format: options.format, ...(options.format === 'flat' ? { org: options.org } : {}), entry: options.entry, start: options.start, memory: options.memoryBytes,
    ...(options.append === '' ? {} : { append: options.append }), 'max-instructions': options.maxInstructions, 'max-events': bounds.maxEvents, ...(bounds.until === null ? {} : { until: bounds.until }),
    ...(options.changes.length === 0 ? {} : { [CHANGES]: printPlan(options.changes) }),
  };
}

/** The machine a recording was made on. Throws BadInput when the header does not say it. */
export function machineOptionsOf(header: TraceHeader): MachineOptions {
  const number = (name: string): number => {
    const value = header.options[name];
    if (typeof value !== 'number') throw new BadInput(`the trace does not say --${name}: it cannot be executed again`);
    return value;
  };
  const format = formatOf(header.options['format']);
  return {
    format, memoryBytes: checkMemory(number('memory')), org: format === 'flat' ? number('org') : 0, entry: number('entry'), start: startModeOf(format, format === 'flat' && header.options['start'] === 'real' ? 'real' : undefined),
    maxInstructions: checkCount('--max-instructions', number('max-instructions')), cpuModel: modelOf(header), append: typeof header.options['append'] === 'string' ? header.options['append'] : '', changes: changesOf(header),
  };
}

// before there was a choice, the one model was the one that is `p6` now, under another name
function modelOf({ cpuModel }: TraceHeader): string {
  if (cpuModel === null) throw new BadInput('the trace does not say which processor it was recorded on: it cannot be executed again');
  return checkModel(cpuModel).name;
}

/** What a what-if changed in the recording, by boundary; empty for others. Throws BadInput when it cannot be read. */
export function changesOf({ options }: Pick<TraceHeader, 'options'>): readonly PlannedChange[] {
  const text = options[CHANGES];
  return typeof text === 'string' ? parsePlan(text) : [];
}
/** The option of the header that keeps the changes, as core/event/change-plan.ts writes them. */
const CHANGES = 'what-if';

function formatOf(value: HeaderValue | undefined): ImageFormat {
  const format = IMAGE_FORMATS.find((known) => known === value);
  if (format !== undefined) return format;
  throw new BadInput(`the trace was recorded from an image of format ${String(value)}, which this version cannot load`);
}
