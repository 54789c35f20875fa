// What an operating system makes of a recording, as text and as JSON: its calls by number, and its address spaces.

import { hex } from '../../core/base/u64.ts';
import type { JsonValue } from '../../core/event/json.ts';
import type { AddressSpace } from '../../core/replay/os/address-spaces.ts';
import type { CallGroup } from '../../core/replay/os/call-summary.ts';
import { callText, SYSTEM_TITLES, type System } from '../../core/replay/os/system-call.ts';
import { grouped } from './numbers.ts';
import { table, type Paint } from './text-table.ts';

export interface SystemStats { readonly system: System; readonly calls: readonly CallGroup[]; readonly spaces: readonly AddressSpace[] }

/** Address spaces printed one by one. */
const SPACES_LISTED = 20;

/** Two parts, each a title with its lines. */
export function systemParts({ system, calls, spaces }: SystemStats, paint: Paint): readonly (readonly [title: string, lines: readonly string[]])[] {
  const dash = (many: number | null): string => (many === null || many === 0 ? '-' : grouped(many));
  const callRows = calls.map(({ call, byInterrupt, bySysenter, returned, median }) => [callText(call), dash(byInterrupt), dash(bySysenter), dash(returned), dash(median)]);
  const spaceRows = spaces.slice(0, SPACES_LISTED).map(({ number, cr3, seqFirst, switches, calls: made, faults }) => [String(number), hex(cr3), String(seqFirst), grouped(switches), dash(made), dash(faults)]);
  const more = spaces.length > SPACES_LISTED ? [`and ${grouped(spaces.length - SPACES_LISTED)} more`] : [];
  return [
    [`system calls of ${SYSTEM_TITLES[system]}`, calls.length === 0 ? ['none'] : table(['call', 'int 0x80', 'sysenter', 'returned', 'median'], callRows, { paint, right: [1, 2, 3, 4] })],
    ['address spaces (a process has one, threads share it)', spaces.length === 0 ? ['none'] : [...table(['number', 'CR3', 'first at event', 'times entered', 'system calls', 'page faults in ring 3'], spaceRows, { paint, right: [0, 2, 3, 4, 5] }), ...more]],
  ];
}

/** The same as JSON. */
export function systemJson({ system, calls, spaces }: SystemStats): JsonValue {
  return {
    system, calls: calls.map(({ call, byInterrupt, bySysenter, returned, median }) => ({ number: call.number, name: call.name, int80: byInterrupt, sysenter: bySysenter, returned, medianInstructions: median })),
    addressSpaces: spaces.map(({ number, cr3, seqFirst, switches, calls: made, faults }) => ({ number, cr3: hex(cr3), seqFirst, switches, calls: made, userPageFaults: faults })),
  };
}
