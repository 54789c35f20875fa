// Paging cases of both formats: 4-KByte and large pages with random rights, reserved bits, global and execute-disable, under CR0.WP, CR4.SMEP
// and SMAP, from rings 0 and 3; entries changed under a translation and INVLPG; MOV CR3 with page-directory-pointer entries that are refused.

import { CODE, CR0, CR0_WP, EFLAGS_AC, TEST, WINDOW, WINDOW_BYTES, type Case, type Patch, type Watch } from './case.ts';
import { CODE0, CODE3, CODE_TABLE, DATA0, DATA3, PAE_CODE, PAE_DIRECTORY, PAE_TEST, PAGE_DIRECTORY, PAGE_SIZE, POINTERS, PRESENT, TEST_TABLE, TSS, USER, WRITABLE } from './case-world.ts';
import { EBX, ECX, EDI, ESI, ESP, registersOf, STACK_TOP, word } from './fault-parts.ts';
import { undefinedOf } from './fault-parts.ts';
import { access, pageAccess } from './generate-faults.ts';
import type { Random } from './random.ts';

export interface PagingSetting { readonly isPae: boolean; readonly hasModernBits: boolean }
const CR4_PSE = 0x10, CR4_PAE = 0x20, CR4_PGE = 0x80, CR4_SMEP = 0x10_0000, CR4_SMAP = 0x20_0000;
const EFER_NXE = 0x800, NX = 0x8000_0000, GLOBAL = 0x100, LARGE_RESERVED = 0x20_0000, PAE_LARGE_RESERVED = 0x1e000, HIGH_RESERVED = 0xf_0000;
const WINDOW_PAGE = 0x41_0000, PAGES = 4, TEST_ENTRY = 4, OTHER_POINTERS = POINTERS + 0x40;

/** One random paging case. */
export function pagingCase(random: Random, setting: PagingSetting): Case {
  const ring = random.pick([0, 3]);
  const { isPae, hasModernBits } = setting;
  const isGuarded = hasModernBits && ring === 0 && random.oneIn(2);
  const guards = isGuarded ? random.pick([CR4_SMEP, CR4_SMAP, CR4_SMEP | CR4_SMAP]) : 0;
  const isLarge = random.oneIn(4);
  const tables = isPae ? paeTables(random, isLarge) : plainTables(random, isLarge);
  const jumps = random.oneIn(4);
  const page = random.below(PAGES);
  // where the window lies in the page, so that it is reached at both sides of a border
  const inWindow = (page & 1) === 0 || isLarge ? random.pick([0xfc0, 0xfc4, 0xffc, 0xffd, 0xffe, 0xfff]) : random.pick([0, 0x10, 0x3c]);
  const at = TEST + (isLarge ? WINDOW_PAGE - CODE : 0x1000 * page) + (jumps || isLarge ? inWindow : random.pick([inWindow, inWindow, 0, 0x10, 0xffe]));
  const registers = registersOf(random);
  [EBX, ESI, EDI].forEach((register) => { registers[register] = at; });
  if (random.oneIn(2)) registers[EDI] = WINDOW;
  registers[ECX] = random.below(4);
  registers[ESP] = STACK_TOP;
  const code = jumps ? [0xff, 0xe3] : random.oneIn(3) && ring === 0 ? changedEntry(random, { isPae, page: isLarge ? 0 : page }) : isPae && ring === 0 && random.oneIn(4) ? otherPointers : pageAccess(random, ring);
  const guard = guards === 0 ? [] : random.oneIn(3) && (guards & CR4_SMAP) !== 0 ? random.pick([[0x0f, 0x01, 0xcb], [0x0f, 0x01, 0xca]]) : [];
  return {
    name: `${isPae ? 'PAE paging' : 'paging'} in ring ${ring}`, registers, eip: CODE, cs: ring === 0 ? CODE0 : CODE3, ss: ring === 0 ? DATA0 : DATA3, data: ring === 0 ? DATA0 : DATA3,
    // a guarded ring 0 keeps the runner's stack, which no ring-3 page holds
    ...(ring === 0 && guards === 0 ? { entry: 'ring0' as const } : {}),
    eflags: 2 | (guards !== 0 && random.oneIn(2) ? EFLAGS_AC : 0), cr0: CR0 | (random.oneIn(2) ? CR0_WP : 0), cr3: isPae ? POINTERS : PAGE_DIRECTORY,
    cr4: (isPae ? CR4_PAE : random.oneIn(6) ? 0 : CR4_PSE) | (random.oneIn(2) ? CR4_PGE : 0) | guards || CR4_PGE, efer: hasModernBits && random.oneIn(2) ? EFER_NXE : 0,
    pages: [0, 0, 0, 0, 0], ...tables, descriptors: [0, 0, 0, 0, 0, 0, 0, 0], gate: [0, 0], ports: -1, code: [...guard, ...code], undefinedFlags: undefinedOf(code), stacks: [0, 0, 0, 0], tr: TSS,
    patches: [...(tables.patches ?? []), ...(isPae ? [{ at: OTHER_POINTERS, bytes: pointers(random) }] : []), ...(guards === 0 ? [] : supervisorCode(isPae))],
    window: Uint8Array.from({ length: WINDOW_BYTES }, (_, index) => (jumps ? [0xcd, 0x41][index & 1]! : random.word())),
  };
}

/** P, R/W, U/S, PWT, PCD, A, D, G and the ignored bits. */
function bits(random: Random): number {
  return (random.oneIn(6) ? 0 : PRESENT) | random.pick([0, WRITABLE, WRITABLE]) | random.pick([0, USER, USER]) | (random.below(8) << 9) | (random.oneIn(3) ? random.below(4) << 5 : 0) | (random.oneIn(6) ? 0x18 : 0) | (random.oneIn(4) ? GLOBAL : 0);
}

function plainTables(random: Random, isLarge: boolean): Partial<Case> {
  const directory = isLarge ? CODE | PAGE_SIZE | bits(random) | (random.oneIn(8) ? LARGE_RESERVED : 0) : TEST_TABLE | (bits(random) & 0xe3f) | (random.oneIn(12) ? 0 : PRESENT);
  return { pages: [directory, ...Array.from({ length: PAGES }, (_, index) => (WINDOW_PAGE + 0x1000 * (index & 1)) | bits(random))] };
}

function paeTables(random: Random, isLarge: boolean): { readonly patches: Patch[]; readonly watches: Watch[] } {
  const high = (): number => (random.oneIn(3) ? NX : 0) | (random.oneIn(12) ? random.below(16) << 16 & HIGH_RESERVED : 0);
  const directory = isLarge ? CODE | PAGE_SIZE | bits(random) | (random.oneIn(8) ? PAE_LARGE_RESERVED & (1 << (13 + random.below(4))) : 0) : PAE_TEST | (bits(random) & 0xe3f) | (random.oneIn(12) ? 0 : PRESENT);
  const table = Array.from({ length: PAGES }, (_, index) => [...word((WINDOW_PAGE + 0x1000 * (index & 1)) | bits(random)), ...word(high())]).flat();
  return {
    patches: [{ at: PAE_DIRECTORY + 8 * TEST_ENTRY, bytes: [...word(directory), ...word(high())] }, { at: PAE_TEST, bytes: table }],
    watches: [{ name: 'pde', at: PAE_DIRECTORY + 8 * TEST_ENTRY, words: 2 }, { name: 'page', at: PAE_TEST, words: 2 * PAGES }],
  };
}

/** Four entries, the first as it was; mostly absent ones behind it, of which some have bits that must be 0. */
function pointers(random: Random): number[] {
  const rest = [1, 2, 3].flatMap(() => [...word(random.oneIn(3) ? PRESENT | (random.oneIn(2) ? 0 : 1 << random.pick([1, 2, 3, 4, 5, 6, 7, 8, 9, 12])) | PAE_DIRECTORY : random.word() & ~1), ...word(random.oneIn(6) ? random.below(16) << 16 : 0)]);
  return [...word(PAE_DIRECTORY | PRESENT), ...word(0), ...rest];
}

/** mov eax, OTHER_POINTERS; mov cr3, eax; mov edx, [ebx] */
const otherPointers = [0xb8, ...word(OTHER_POINTERS), 0x0f, 0x22, 0xd8, 0x8b, 0x13];

/** An access, another entry for its page, INVLPG, the access again. Not MOV CR3: what is global may stay, or may not. */
function changedEntry(random: Random, { isPae, page }: { readonly isPae: boolean; readonly page: number }): number[] {
  const entry = isPae ? PAE_TEST + 8 * page : TEST_TABLE + 4 * page;
  const change = [0xc7, 0x05, ...word(entry), ...word((WINDOW_PAGE + 0x1000 * (page & 1)) | bits(random))];
  const forget = [0x0f, 0x01, 0x3b];
  return [...access(random), ...change, ...forget, ...access(random)];
}

/** The pages of code and stub for ring 0 alone. */
function supervisorCode(isPae: boolean): Patch[] {
  const pages = [0x400, 0x401, 0x402];
  return isPae ? [{ at: PAE_CODE, bytes: pages.flatMap((page) => [...word((page << 12) | PRESENT), ...word(0)]) }] : [{ at: CODE_TABLE, bytes: pages.flatMap((page) => word((page << 12) | PRESENT)) }];
}
