// Decoded blocks, keyed by physical address and code size. A block never leaves its page; it ends where control may go elsewhere or
// where a mode, segment or translation may change. A write to decoded bytes clears the page's PAGE_CODE flag (physical-write.ts),
// which makes every block of that page stale at the next lookup. Only RAM is cached. SDM 3A "Self-Modifying Code".
import { decode } from '../isa/decoder.ts';
import { STRING_DESTINATION, STRING_SOURCE, type Insn, type Operand } from '../isa/insn.ts';
import type { Op } from '../isa/opcode-index.ts';
import { clearCode, markCode, PAGE_CODE } from './page-flags.ts';
import type { Execute } from './semantics/execute-type.ts';
import { executionOf } from './semantics/table.ts';
import { PAGE_SIZE, type Cpu } from './state.ts';

/** A run of instructions to be executed one after the other; only the last may change EIP otherwise than by its length. */
export interface Block {
  readonly physical: number;
  /** 1 for 32-bit code, 0 for 16-bit. */
  readonly code32: number;
  /** The page's generation when it was decoded. */
  readonly generation: number;
  readonly lengthBytes: number;
  readonly insns: readonly Insn[];
  readonly executes: readonly Execute[];
  /** What each instruction may change (changed-registers.ts), then what any of them may; made when somebody looks for it (run.ts). */
  changes: Uint16Array | null;
}

/** The blocks of one processor. Derived from RAM alone: never part of the state. */
export interface BlockCache {
  readonly slots: (Block | null)[];
  /** One number a page of RAM; grows whenever the page's blocks become stale. */
  readonly generations: Uint32Array;
}

const SLOTS = 1 << 15;
const MAX_BLOCK_INSTRUCTIONS = 48;

const ENDS_BLOCK: ReadonlySet<Op> = new Set<Op>([
  'jmp', 'jcc', 'call', 'ret', 'loop', 'loope', 'loopne', 'jcxz', 'jmpFar', 'callFar', 'retFar', 'int', 'int3', 'into', 'int1', 'iret', 'ud',
  'sysenter', 'sysexit', 'syscall', 'sysret', 'hlt', 'movSwEw', 'popSw', 'loadFar', 'movCdRd', 'movDdRd', 'wrmsr', 'lmsw', 'clts', 'invlpg',
  'lgdt', 'lidt', 'lldt', 'ltr', 'popf', 'sti', 'cli', 'ins', 'outs', 'in', 'out', 'rsm', 'wbinvd', 'invd',
]);

/** F2 and F3 before anything but a string instruction are part of its opcode, or nothing. */
function isRepeated({ repeat, destination, source }: Insn): boolean {
  return repeat !== 0 && (isString(destination) || isString(source));
}
const isString = ({ kind }: Operand): boolean => kind === STRING_SOURCE || kind === STRING_DESTINATION;

const caches = new WeakMap<Cpu, BlockCache>();

/** The block cache of a processor, made at first use. */
export function blockCacheOf(cpu: Cpu): BlockCache {
  const known = caches.get(cpu);
  if (known !== undefined) return known;
  const made: BlockCache = { slots: new Array<Block | null>(SLOTS).fill(null), generations: new Uint32Array(cpu.codeChunks.length / 2) };
  caches.set(cpu, made);
  return made;
}

/**
 * The block at a physical address inside RAM, decoded now if need be. Null when its first instruction does not end in this page or
 * is not a valid one: the caller then fetches byte by byte (fetch.ts).
 */
export function findBlock(cpu: Cpu, cache: BlockCache, physical: number): Block | null {
  const page = physical >>> 12;
  if ((cpu.pageFlags[page]! & PAGE_CODE) === 0) {
    cache.generations[page]! += 1;
    clearCode(cpu, page);
  }
  const slot = ((physical << 1) ^ (physical >>> 14) ^ cpu.code32) & (SLOTS - 1);
  const known = cache.slots[slot];
  if (known && known.physical === physical && known.generation === cache.generations[page]! && known.code32 === cpu.code32) return known;
  const made = decodeBlock(cpu, cache, physical);
  cache.slots[slot] = made;
  return made;
}

function decodeBlock(cpu: Cpu, cache: BlockCache, physical: number): Block | null {
  const page = physical >>> 12;
  const bytes = cpu.ram.subarray(page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
  const insns: Insn[] = [];
  const executes: Execute[] = [];
  let at = physical & (PAGE_SIZE - 1);
  const first = at;
  while (insns.length < MAX_BLOCK_INSTRUCTIONS) {
    const result = decode(bytes, cpu.code32 !== 0 ? 32 : 16, at);
    if (result.kind !== 'insn') break;
    insns.push(result.insn);
    executes.push(executionOf(cpu, result.insn));
    at += result.insn.lengthBytes;
    if (ENDS_BLOCK.has(result.insn.op) || isRepeated(result.insn)) break;
  }
  if (insns.length === 0) return null;
  markCode(cpu, page, first, at);
  return { physical, code32: cpu.code32, generation: cache.generations[page]!, lengthBytes: at - first, insns, executes, changes: null };
}
