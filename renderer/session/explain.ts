// How the window has an event explained: core/replay asks the re-executor of the open trace.

import { explainEvent as explain } from '../../core/replay/explain/explain.ts';
import type { Explain } from './explanation.svelte.ts';

/** The explanation of an event of the open trace. */
export const explainEvent: Explain = ({ recording, replay, seq }, onpart) => explain({ trace: recording.source, reexecutor: replay.reexecutor, absent: replay.absent, symbols: recording.symbols }, seq, onpart);
