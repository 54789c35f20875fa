// What lies beyond the processor's own buffer: ports and memory that is not RAM. core/machine implements it.

/** What HLT asks: the maskable interrupts count when EFLAGS.IF is 1. */
export interface WakeQuestion { readonly isMaskableOpen: boolean }

export interface Bus {
  /** IN: `size` is 1, 2 or 4 bytes; an absent device reads as all ones. */
  readPort(port: number, size: number): number;
  /** OUT: `size` is 1, 2 or 4 bytes. */
  writePort(port: number, size: number, value: number): void;
  /** A physical read outside RAM; nothing there reads as all ones. */
  readDevice(physical: number, size: number): number;
  /** A physical write outside RAM. */
  writeDevice(physical: number, size: number, value: number): void;
  /** INTA: the vector of the interrupt the controller now has in service. Asked once for each external interrupt taken. */
  acknowledgeInterrupt(): number;
  /** IA32_APIC_BASE has a new value. */
  apicBaseWritten(): void;
  /** FERR#: an unmasked x87 exception has become pending, or none is any more, while CR0.NE = 0. */
  setFpuError(error: { readonly isRaised: boolean }): void;
  /** IGNNE#: pending x87 exceptions are to be passed over while CR0.NE = 0. */
  ignoresFpuError(): boolean;
  /** True when some device will interrupt the processor without its help, or an input from outside would: HLT then is not the end. */
  willWake(question: WakeQuestion): boolean;
}
