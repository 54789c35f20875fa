// Flags a program can set for itself that change what the kernel does when they are still set in it. Which of them an entry clears is
// seen in the event; here stands only what each means. AC needs care where CR4.SMAP is set, the others everywhere.

import { EFLAGS_AC, EFLAGS_DF, EFLAGS_IOPL, EFLAGS_NT, EFLAGS_TF } from '../../arch/flags.ts';

export interface UserFlag { readonly name: string; readonly mask: number; /** What follows for the kernel, as a clause. */ readonly means: string; /** Worth a look, or only to be known. */ readonly isGrave: boolean }

/** In the order of the bits of `Visits.survivors`. Append only. */
export const USER_FLAGS: readonly UserFlag[] = [
  // SDM 3B "Single-Step Exception Condition"
  { name: 'TF', mask: EFLAGS_TF, means: 'the kernel is single-stepped, and #DB arises in ring 0', isGrave: true },
  // SDM 3A "Task Linking"
  { name: 'NT', mask: EFLAGS_NT, means: 'an IRET in the kernel tries to return to a nested task', isGrave: true },
  // SDM 3A "Determination of Access Rights"
  { name: 'AC', mask: EFLAGS_AC, means: 'with CR4.SMAP set the kernel may read and write user pages as if by STAC', isGrave: true },
  // SDM 1 "DF Flag"
  { name: 'DF', mask: EFLAGS_DF, means: 'string instructions in the kernel run downwards until CLD', isGrave: true },
  // SDM 3A "System Flags and Fields in the EFLAGS Register"
  { name: 'IOPL', mask: EFLAGS_IOPL, means: 'the I/O privilege level is still that of the program, which matters to a task or thread switch', isGrave: false },
];
