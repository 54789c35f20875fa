// Events as readers see them: plain readonly objects, one discriminated union on `kind`. Shapes follow EVENTS.md (docs/events.md).
// Addresses and 64-bit values are bigint; selectors, error codes and small numbers are number. Rows: draft.ts; conversion: decode.ts.

import type { FrameSlot, WalkLevel } from './heap-lists.ts';
import type { AccessType, ExitWay, FaultClass, LineSource, Mode, Source, TableName, TlbOutcome, Via } from './kinds.ts';

export interface EventCommon {
  readonly seq: number;
  readonly icount: number | null;
  readonly iteration?: number;
  readonly mode: Mode | null;
  readonly cpl: number | null;
  readonly cs: number | null;
  readonly ip: bigint | null;
  readonly cpu: number;
  readonly time?: { readonly value: number; readonly unit: string };
  /** Line of the log an imported event came from (EVENTS.md `source {line}`; `source` alone is the mechanism's). */
  readonly sourceLine?: number;
  readonly inferred?: { readonly after: number; readonly before: number };
  readonly context?: { readonly pid?: number; readonly comm?: string };
  readonly completeness?: Readonly<Record<string, string>>;
}

export interface Side {
  readonly cpl: number | null; readonly cs: number | null; readonly ip: bigint | null; readonly ss: number | null;
  readonly sp: bigint | null; readonly flags: bigint | null; readonly mode: Mode | null;
}
export interface Frame { readonly ss: number; readonly linear: bigint; readonly width: number; readonly slots: readonly FrameSlot[] }
export interface GateRead { readonly table: TableName; readonly index: number; readonly physical: bigint; readonly raw: bigint }
export interface TableValue { readonly selector?: number; readonly base: bigint; readonly limit: number }
export interface EventWalk { readonly levels: readonly WalkLevel[]; readonly verdict: { readonly rights: string; readonly rule: string | null } }

export interface FaultEvent extends EventCommon {
  readonly kind: 'fault';
  readonly vector: number;
  readonly mnemonic: string;
  /** Null where a log does not say (a debug exception is a fault or a trap by its condition). */
  readonly class: FaultClass | null;
  readonly errorCode: number | null;
  readonly rule: string | null;
  readonly during: 'execution' | 'delivery';
  readonly deliveryOf?: { readonly source: Source; readonly vector: number; readonly seq: number | null };
  readonly causes?: readonly number[];
  readonly cr2?: bigint | null;
  readonly access?: { readonly type: AccessType | null; readonly user: boolean; readonly implicit: boolean | null };
  readonly tlb?: TlbOutcome;
  readonly walk?: EventWalk;
  readonly source?: Source;
}
export interface TransitionEvent extends EventCommon {
  readonly kind: 'transition';
  readonly via: Via;
  readonly source?: Source;
  readonly vector?: number;
  readonly errorCode?: number | null;
  readonly from: Side;
  readonly to: Side;
  readonly returnIp?: bigint;
  readonly frame?: Frame;
  readonly gate?: GateRead;
  readonly stackFrom?: { readonly tss: number; readonly offset: number; readonly value: bigint };
}
export interface MsrWriteEvent extends EventCommon {
  readonly kind: 'msr-write';
  readonly msr: number; readonly name: string; readonly before: bigint | null; readonly after: bigint; readonly refused: boolean;
}
export interface MsrReadEvent extends EventCommon {
  readonly kind: 'msr-read'; readonly msr: number; readonly name: string; readonly value: bigint | null; readonly refused: boolean;
}
export interface RegisterWriteEvent extends EventCommon {
  readonly kind: 'cr-write' | 'dr-write'; readonly register: string; readonly before: bigint | null; readonly after: bigint;
}
export interface TableLoadEvent extends EventCommon {
  readonly kind: 'table-load'; readonly register: 'gdtr' | 'idtr' | 'ldtr' | 'tr'; readonly before: TableValue; readonly after: TableValue;
}
export interface ModeChangeEvent extends EventCommon { readonly kind: 'mode-change'; readonly before: Mode; readonly after: Mode }
export interface TableWriteEvent extends EventCommon {
  readonly kind: 'table-write'; readonly table: TableName; readonly index: number; readonly physical: bigint;
  readonly before: bigint; readonly after: bigint;
}
export interface TlbFlushEvent extends EventCommon { readonly kind: 'tlb-flush'; readonly scope: string; readonly linear?: bigint }
export interface InterruptLineEvent extends EventCommon {
  readonly kind: 'interrupt-line'; readonly line?: number; readonly state: string; readonly vector?: number;
  /** Where an interrupt of the local APIC came from; absent for those of the 8259. */
  readonly source?: LineSource;
}
export interface InputEvent extends EventCommon { readonly kind: 'input'; readonly device: string; readonly data: string }
export interface SnapshotEvent extends EventCommon {
  readonly kind: 'snapshot'; readonly registers: readonly { readonly offset: number; readonly value: bigint }[];
  /** What the dump stands for, where the log says more than "registers". */
  readonly detail?: string;
}
export interface VmExitEvent extends EventCommon {
  readonly kind: 'vm-exit'; readonly reason: string; readonly qualification?: bigint; readonly information?: bigint; readonly detail?: string;
}
export interface OsEvent extends EventCommon {
  readonly kind: 'os'; readonly what: string; readonly number?: number; readonly value?: bigint; readonly detail?: string;
}
export interface ConsoleEvent extends EventCommon { readonly kind: 'console'; readonly text: string; readonly device: string }
export interface MarkerEvent extends EventCommon { readonly kind: 'marker' }
export interface HaltEvent extends EventCommon { readonly kind: 'halt'; readonly wake?: boolean }
export interface ExitEvent extends EventCommon { readonly kind: 'exit'; readonly value: number; readonly by?: ExitWay }
export interface ResetEvent extends EventCommon { readonly kind: 'reset'; readonly reason?: string }
export interface ShutdownEvent extends EventCommon { readonly kind: 'shutdown'; readonly chain: readonly number[] }
export interface UnsupportedEvent extends EventCommon { readonly kind: 'unsupported'; readonly instruction: string; readonly detail?: string }

export type TraceEvent =
  | FaultEvent | TransitionEvent | MsrWriteEvent | MsrReadEvent | RegisterWriteEvent | TableLoadEvent | ModeChangeEvent | TableWriteEvent
  | TlbFlushEvent | InterruptLineEvent | InputEvent | SnapshotEvent | VmExitEvent | OsEvent | ConsoleEvent | MarkerEvent | HaltEvent
  | ExitEvent | ResetEvent | ShutdownEvent | UnsupportedEvent;
