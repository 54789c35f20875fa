// What kind of access a linear address is used for, in one small number: paging decides by it, #PF events report it.
//
//   4 peek   3 implicit   2 user   1..0 type: 0 read, 1 write, 2 fetch      (in a Fault also: 6..5 TLB: 0 miss, 1 hit, 2 stale)

export const READ = 0, WRITE = 1, FETCH = 2;
export const TYPE_MASK = 3;
/** A user-mode access: made at CPL 3 and not implicit. SDM 3A "Determination of Access Rights". */
export const USER = 4;
/** The processor reads its own tables (GDT, LDT, IDT, TSS): supervisor-mode whatever the CPL. */
export const IMPLICIT = 8;
/** Only looking: no accessed or dirty bit is set, nothing is cached, nobody is told. */
export const PEEK = 16;
/** An explicit access made by CPL 0..2. */
export const SUPERVISOR = 0;

export const TLB_SHIFT = 5;
export const TLB_MISS = 0, TLB_HIT = 1, TLB_STALE = 2;

/** The privilege of an explicit access at this CPL: USER or SUPERVISOR. */
export const privilegeOf = (cpl: number): number => (cpl === 3 ? USER : SUPERVISOR);
