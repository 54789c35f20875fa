// The codes `Probe.access` passes: what memory is looked at for, and which part of it. The lists are core/event/heard.ts.

import { ACCESS_KINDS, ACCESS_PARTS, type AccessKind, type AccessPart } from '../event/heard.ts';
import { codeOf } from '../event/kinds.ts';

const kind = (name: AccessKind): number => codeOf(ACCESS_KINDS, name);
/** Code of a part; evaluate once per module. */
export const partCode = (name: AccessPart): number => codeOf(ACCESS_PARTS, name);

export const WHAT_PAGE_ENTRY = kind('page-entry'), WHAT_DESCRIPTOR = kind('descriptor'), WHAT_GATE = kind('gate'), WHAT_TSS = kind('tss'), WHAT_FRAME = kind('frame'),
  WHAT_IO_MAP = kind('io-map'), WHAT_OPERAND = kind('operand'), WHAT_PSEUDO_DESCRIPTOR = kind('pseudo-descriptor'), WHAT_TLB = kind('tlb'),
  WHAT_REDIRECTION_MAP = kind('redirection-map');
/** No part is told apart. */
export const NO_PART = -1;
/** Values of `write`. */
export const IS_READ = 0, IS_WRITE = 1;
