// Expressions given on the command line: compiled with the trace's symbols, or refused in one line with a mark under the column.

import { BadInput } from '../../core/base/bad-input.ts';
import { compile, describeRefusal, isRefusal } from '../../core/replay/expression/compile.ts';
import type { Compiled } from '../../core/replay/expression/compiled.ts';
import type { SymbolLookup } from '../../core/replay/expression/test-field.ts';

const SHOWN_MAX = 200;

/** Compiles the expression of an option or argument. Throws BadInput: what is wrong, the column, what was expected. */
export function compileOrRefuse(text: string, options: { readonly what: string; readonly symbols: SymbolLookup | null }): Compiled {
  const result = compile(text, { symbols: options.symbols });
  if (isRefusal(result)) throw new BadInput(`${options.what} ${JSON.stringify(shortened(text))} is refused ${describeRefusal(result)}`);
  return result;
}

/** An error message stays one readable line however long the expression is. */
function shortened(text: string): string {
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}
