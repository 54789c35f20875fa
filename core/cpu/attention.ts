// The bits of `cpu.pending`: everything that must be looked at between two instructions. The hot loop tests the whole word once
// after each instruction; run.ts then asks which bit it was. A maskable interrupt is none of them: a request may wait for long while
// EFLAGS.IF is 0, so it is looked for between blocks (`cpu.interruptRequest`); whatever can set IF ends a block.

/** A non-maskable interrupt has come. Taken when no shadow holds (SHADOW_NMI: until IRET). */
export const PENDING_NMI = 1;
/** The instruction after STI, MOV SS or POP SS is being waited for (`cpu.shadow`). */
export const PENDING_SHADOW = 2;
/** EFLAGS.TF is set. */
export const PENDING_TRAP = 4;
/** Somebody (a probe, a device) wants `run` to return at this boundary. */
export const PENDING_STOP = 8;
/** A page that holds decoded code was written: the running block may be stale (its PAGE_CODE flag is already cleared). */
export const PENDING_CODE_WRITTEN = 16;
/** `cpu.activity` left ACTIVE: HLT or shutdown. */
export const PENDING_ACTIVITY = 32;
/** A REP instruction stopped between iterations and has not retired. */
export const PENDING_SUSPENDED = 64;
/** `clock` moved by more than the instructions retired: run.ts computes its stop point anew. */
export const PENDING_CLOCK = 128;
/** EFLAGS.VIF and VIP are both set: where they count, the next instruction is refused (virtual-interrupts.ts). */
export const PENDING_VIRTUAL = 256;
/** A debug trap waits (`cpu.debugCauses`), or what DR7 arms has changed. */
export const PENDING_DEBUG = 512;
/** EFLAGS.RF was set: it lasts for one instruction. */
export const PENDING_RESUME = 1024;
/** Breakpoints are armed and a probe listens: it is told of every instruction what they say. */
export const PENDING_BREAKPOINTS = 2048;
