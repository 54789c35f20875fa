// The headline of a point: an event's title and sentence, or what a point between events is.

import type { TraceEvent } from '../../core/event/event.ts';
import type { Recording } from '../session/recording.ts';
import type { Session } from '../session/session.svelte.ts';
import type { EventView } from './view.ts';

export interface Headline { readonly title: string; readonly sentence: string; readonly tone: 'fault' | 'change' | 'msr' | 'plain' }
interface Words { readonly titleOf: (event: TraceEvent) => string; readonly sentenceOf: (event: TraceEvent) => string; readonly sentenceAt: (recording: Recording, seq: number | null) => string }

/** The headline where the session stands. */
export function headlineFor(session: Session, view: EventView | null, words: Words): Headline {
  const { recording, at } = session;
  if (recording === null) return { title: '', sentence: '', tone: 'plain' };
  const count = recording.columns.count;
  if (view !== null) return { title: words.titleOf(view.event), sentence: words.sentenceOf(view.event), tone: toneOf(view.event) };
  if (count === 0) return { title: 'Empty trace', sentence: 'Nothing was recorded.', tone: 'plain' };
  if (at.seq >= count) return { title: 'End of the recording', sentence: `All ${count.toLocaleString('en')} events lie before this point. ${words.sentenceAt(recording, count - 1)}`, tone: 'plain' };
  if (at.seq === 0 && at.icount <= 0) return { title: 'Start of the recording', sentence: `Nothing has run yet. First comes event 0: ${words.sentenceAt(recording, 0)}`, tone: 'plain' };
  return { title: 'Between events', sentence: `After ${at.icount.toLocaleString('en')} instructions. Next is event ${String(at.seq)}: ${words.sentenceAt(recording, at.seq)}`, tone: 'plain' };
}

function toneOf(event: TraceEvent): Headline['tone'] {
  if (event.kind === 'fault' || event.kind === 'shutdown' || event.kind === 'unsupported') return 'fault';
  if (event.kind === 'msr-write' || event.kind === 'cr-write') return 'msr';
  return event.kind === 'transition' && event.from.cpl !== event.to.cpl ? 'change' : 'plain';
}

/** Facts that stand elsewhere: the first in the headline itself, others in the page walk. */
const IN_HEADLINE = ['event', 'CPL', 'mode', 'by'];
const IN_WALK = ['CR2', 'access', 'TLB'];
/** The sentence of a fault says which vector it is, and during what. */
const IN_SENTENCE = ['vector', 'during', 'source'];

/** The facts to list under the sentence: none that is said above or below it. */
export function factsUnder({ facts }: EventView): EventView['facts']['basics'] {
  const elsewhere = [...IN_HEADLINE, ...(facts.walk === null ? [] : IN_WALK), ...(facts.kind === 'fault' ? IN_SENTENCE : [])];
  return facts.basics.filter((fact) => !elsewhere.includes(fact.label));
}
