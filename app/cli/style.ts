// Colours, only for a person's terminal. Meaning never hangs on colour alone.

import type { Io } from './io.ts';

export type Ink = 'plain' | 'dim' | 'bold' | 'red' | 'yellow' | 'cyan' | 'green' | 'magenta';
const CODES: Readonly<Record<Ink, string>> = { plain: '', dim: '2', bold: '1', red: '31', yellow: '33', cyan: '36', green: '32', magenta: '35' };

/** Paints a text for stdout, or leaves it when stdout is no terminal. */
export function painter(io: Io): (ink: Ink, text: string) => string {
  const on = io.outIsTerminal && io.colour;
  return (ink, text) => (on && CODES[ink] !== '' ? `\u001b[${CODES[ink]}m${text}\u001b[0m` : text);
}
