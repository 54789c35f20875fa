// How the guest's clock (EVENTS: instructions, further REP iterations, idle ticks) relates to the time its devices count. One constant:
// nothing in the machine ever asks the host what time it is.

/**
 * Ticks of `clock` in one tick of the 1.193182 MHz crystal that drives the 8254. So one instruction stands for 52.4 ns, and the time-stamp
 * counter for 19.09 MHz: a quick 386. Small enough that a busy wait for a timer ends soon, large enough that an 8254 programmed for
 * 1 kHz leaves some 19 000 instructions between two interrupts.
 */
export const CLOCKS_PER_PIT_TICK = 16;

/** Ticks of `clock` in a second. */
export const CLOCKS_PER_SECOND = 1_193_182 * CLOCKS_PER_PIT_TICK;

/**
 * Counts of the local APIC's timer, before it divides, in one tick of `clock`: its bus runs at 992.7 MHz of the guest's time, next to the 1 GHz
 * of QEMU, so that the counts guests choose for QEMU give intervals they can live with.
 */
export const APIC_COUNTS_PER_CLOCK = 52;
