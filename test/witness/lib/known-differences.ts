// Where an emulator is known to differ from the manual or to keep silent, with the place in the manual. The tests compare
// everything else, and fail when an entry of this list no longer happens: nothing is waived silently.

export interface KnownDifference {
  readonly scenario: string;
  readonly witness: 'qemu' | 'bochs';
  /** The line of that witness's text (witness-event.ts) that shows it. */
  readonly line: string;
  readonly why: string;
  readonly manual: string;
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    scenario: 'triple-fault', witness: 'qemu', line: '#13 error=?',
    why: 'QEMU logs no error code for an exception that becomes a double fault, nor for the one that ends in shutdown; Bochs tells both, 006b and 0043.',
    manual: 'SDM 3A "Interrupt 8: Double Fault Exception (#DF)" and "Error Code"',
  },
];
