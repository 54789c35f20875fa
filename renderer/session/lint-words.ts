// A lint as the window shows it: the inspector's card and the list of the whole recording say the same.

import type { Lint } from '../../core/replay/lints.ts';

export interface LintWords { readonly tone: 'warn' | 'plain'; readonly icon: 'fault' | 'info'; readonly text: string; readonly small: string }

/** Its words: the sentence, then the check that fails and where the manual states it. */
export function lintWords({ severity, sentence, title, rule, cite }: Lint): LintWords {
  const text = `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
  return { tone: severity === 'warning' ? 'warn' : 'plain', icon: severity === 'warning' ? 'fault' : 'info', text, small: `Not so: ${title} [${rule}], ${cite}` };
}

/** What a note stands for, in one line; empty without notes. */
export function notesText(lints: readonly Lint[]): string {
  return lints.some((one) => one.severity === 'note') ? 'A note is about what is not there yet: it may be set up later.' : '';
}
