// What an I/O APIC or a local APIC sends: the fields that redirection entries, the interrupt command register and the local vector table
// share. SDM 3A "Interrupt Command Register (ICR)", Intel "82093AA I/O Advanced Programmable Interrupt Controller": "I/O Redirection Table".

//   31..19  18..17       16    15       14           13        12       11           10..8      7..0
//           timer mode   mask  trigger  remote IRR   polarity  status   destination  delivery   vector
export const ENTRY_MASKED = 0x1_0000, ENTRY_LEVEL = 0x8000, ENTRY_REMOTE_IRR = 0x4000, ENTRY_LOGICAL = 0x800;
export const DELIVER_FIXED = 0, DELIVER_LOWEST = 1, DELIVER_NMI = 4, DELIVER_INIT = 5, DELIVER_STARTUP = 6, DELIVER_EXTINT = 7;
/** Names of the eight delivery modes, as the manual has them. */
export const DELIVER_NAMES = ['Fixed', 'Lowest Priority', 'SMI', 'Remote Read', 'NMI', 'INIT', 'Start-Up', 'ExtINT'] as const;
/** Vectors 0 to 15 belong to the processor: an APIC takes none. */
export const FIRST_VECTOR = 16;

/** Bits 10..8. */
export const deliveryModeOf = (entry: number): number => (entry >>> 8) & 7;

export interface ApicMessage {
  /** DELIVER_ code. */
  readonly mode: number;
  readonly vector: number;
  readonly destination: number;
  readonly isLogical: boolean;
  readonly isLevel: boolean;
}
