// Who last wrote some bytes or a register before a point, with the name of the place: the answers of core/replay/writers as an explanation
// shows them.

import type { LastWriter } from '../../event/json.ts';
import type { Position } from '../../event/position.ts';
import { placePhysical } from '../writers/place.ts';
import { lastWriterOfRegister } from '../writers/register.ts';
import { lastWriterOfPlace, unknownWriter, type Written as Answer } from '../writers/written.ts';
import type { Place, ValueRead } from './explanation.ts';
import type { Inquiry } from './inquiry.ts';

export interface Written {
  readonly writer: LastWriter;
  /** `label+0x12 (boot.c:31)`. */
  readonly symbol: string | null;
  /** Null for the loader, and where nobody is known. */
  readonly place: Place | null;
}

/** The last writer of bytes of physical memory. */
export async function writerOfMemory(inquiry: Inquiry, { before, physical, length }: { readonly before: Position; readonly physical: number; readonly length: number }): Promise<Written> {
  return named(inquiry, inquiry.mayAsk() ? await lastWriterOfPlace(inquiry.source, before, placePhysical(physical, length)) : unknownWriter(inquiry.exhausted));
}

/** The last writer of a register of the register file, by its name there. */
export async function writerOfRegister(inquiry: Inquiry, { before, name }: { readonly before: Position; readonly name: string }): Promise<Written> {
  return named(inquiry, inquiry.mayAsk() ? await lastWriterOfRegister(inquiry.source, before, name) : unknownWriter(inquiry.exhausted));
}

function named(inquiry: Inquiry, { writer, at }: Answer): Written {
  const known = 'absent' in writer ? null : writer;
  return { writer, symbol: inquiry.writerName(writer), place: at === null ? null : { event: known?.seq ?? null, at } };
}

/** The last writer of where a value was read. */
export function writerOfValue(inquiry: Inquiry, { from }: ValueRead, before: Position): Promise<Written> {
  if (from.kind === 'register') return writerOfRegister(inquiry, { before, name: from.bits === undefined ? from.register : `${from.register}.${from.bits}` });
  if (from.physical === null) return Promise.resolve(named(inquiry, unknownWriter('its page is not mapped')));
  return writerOfMemory(inquiry, { before, physical: Number(from.physical), length: from.size });
}
