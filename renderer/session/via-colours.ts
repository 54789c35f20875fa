// The colour of each mechanism, by the name of its token: entering by software, exception, hardware, the fast calls, far transfers, and
// the ways back.

import type { Via } from '../../core/event/kinds.ts';

export type ViaColour = 'via-software' | 'via-exception' | 'via-hardware' | 'via-fast' | 'via-far' | 'via-return';

export const VIA_COLOURS: Readonly<Record<Via, ViaColour>> = {
  'int': 'via-software', 'exception': 'via-exception', 'interrupt': 'via-hardware', 'nmi': 'via-hardware', 'smi': 'via-hardware', 'rsm': 'via-hardware',
  'iret': 'via-return', 'sysenter': 'via-fast', 'sysexit': 'via-fast', 'syscall': 'via-fast', 'sysret': 'via-fast',
  'call-gate': 'via-far', 'far-call': 'via-far', 'far-jump': 'via-far', 'far-return': 'via-far', 'task-switch': 'via-far', 'unknown': 'via-far',
};
