// Instruction fetch: the next block from the cache, or, where the cache cannot serve (an instruction across two pages, at the end of
// the segment, outside RAM, undefined, or while a probe wants every check), one instruction byte by byte with every check made.
import { difference } from '../arch/vendor-differences.ts';
import { rule } from '../event/rules.ts';
import { decode, type DecodeResult } from '../isa/decoder.ts';
import { disassemble } from '../isa/disassembler.ts';
import { findBlock, type Block, type BlockCache } from './block-cache.ts';
import { differ } from './differ.ts';
import { demand, Fault, GP0, UD } from './fault.ts';
import { missingFeatures } from './features.ts';
import { linearForFetch } from './memory.ts';
import { fetchPhysical } from './paging.ts';
import { ramAddress, readPhysical8 } from './physical.ts';
import { executionOf } from './semantics/table.ts';
import { undefinedOpcode } from './semantics/unsupported.ts';
import { CS, PAGE_SIZE, type Cpu } from './state.ts';

const INSTRUCTION_LENGTH = rule('instruction-length'), OPCODE_DEFINED = rule('opcode-defined'), LOCK_ALLOWED = rule('lock-allowed');
const D_UD0 = difference('ud0-modrm'), UD0 = 'ud0';
const MAX_BYTES = 15;

/** What to execute at CS:EIP. Faults with #GP(0) (limit, length), #PF (fetch), #UD. `cpu.instructionEip` must equal `cpu.eip`. */
export function fetchBlock(cpu: Cpu, cache: BlockCache): Block {
  const eip = cpu.eip;
  if (!cpu.probe.listening && eip <= cpu.segmentLimit(CS)) {
    const physical = ramAddress(cpu, fetchPhysical(cpu, (cpu.segmentBase(CS) + eip) >>> 0));
    if (physical < cpu.ramBytes) {
      const block = findBlock(cpu, cache, physical);
      if (block !== null && eip + block.lengthBytes - 1 <= cpu.segmentLimit(CS)) return block;
    }
  }
  return fetchInstruction(cpu);
}

function fetchInstruction(cpu: Cpu): Block {
  const result = decodeHere(cpu, cpu.eip);
  // SDM 3A "Interrupt 13": the instruction is longer than 15 bytes.
  demand(cpu, INSTRUCTION_LENGTH, result.kind !== 'too-long', GP0, cpu.eip, MAX_BYTES);
  if (result.kind === 'insn' && result.insn.mnemonic === UD0) differ(cpu, D_UD0);
  const execute = result.kind === 'insn' ? executionOf(cpu, result.insn) : null;
  // SDM 3A "Interrupt 6": the opcode or an operand form of it is not defined, or is kept so that it raises #UD.
  demand(cpu, OPCODE_DEFINED, !(result.kind === 'invalid' && result.reason === 'opcode') && execute !== undefinedOpcode, UD, cpu.eip, result.kind === 'insn' ? missingFeatures(cpu, result.insn) : 0);
  // SDM 2A "LOCK": used with an instruction that cannot be locked or without a memory destination.
  demand(cpu, LOCK_ALLOWED, !(result.kind === 'invalid' && result.reason === 'lock'), UD, cpu.eip, 0);
  if (result.kind !== 'insn' || execute === null) throw new Error('internal error: expected an instruction after its checks');
  const { insn } = result;
  return { physical: -1, code32: cpu.code32, generation: 0, lengthBytes: insn.lengthBytes, insns: [insn], executes: [execute], changes: null };
}

/** Decodes at CS:`eip`, page by page, only touching pages that the instruction reaches into. */
function decodeHere(cpu: Cpu, eip: number): DecodeResult {
  const bytes = new Uint8Array(MAX_BYTES);
  let have = 0;
  for (;;) {
    const offset = eip + have;
    const linear = linearForFetch(cpu, offset);
    const physical = fetchPhysical(cpu, linear);
    const room = Math.min(MAX_BYTES - have, PAGE_SIZE - (linear & (PAGE_SIZE - 1)), cpu.segmentLimit(CS) - offset + 1);
    for (let index = 0; index < room; index += 1) bytes[have + index] = readPhysical8(cpu, physical + index);
    have += room;
    const result = decode(bytes.subarray(0, have), cpu.code32 !== 0 ? 32 : 16);
    if (result.kind !== 'incomplete') return result;
  }
}

/** The text of the instruction at `cpu.instructionEip`, for messages; a plain remark where it cannot be read. */
export function describeInstruction(cpu: Cpu): string {
  try {
    const result = decodeHere(cpu, cpu.instructionEip);
    return result.kind === 'insn' ? disassemble(result.insn, { ip: cpu.instructionEip }) : `(${result.kind} instruction)`;
  } catch (thrown) {
    if (thrown instanceof Fault) return '(instruction not readable)';
    throw thrown;
  }
}

