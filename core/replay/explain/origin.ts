// Where one instruction took a value from: the operand that went into a register, a segment register or memory. Syntax only: which operand is
// copied where is the instruction's form; anything that computes is an end.

import {
  CONTROL_REGISTER, DEBUG_REGISTER, IMMEDIATE, MEMORY, REGISTER, SEGMENT_REGISTER, STRING_DESTINATION, STRING_SOURCE, type Insn, type Operand,
} from '../../isa/insn.ts';
import { REGISTER_FILE, SEGMENT_NAMES } from '../../arch/register-file.ts';
import type { HeardAccess } from '../../event/heard.ts';
import { hex } from '../../base/u64.ts';
import type { Attempt } from './attempt.ts';

/** Where a value is looked for next, or why the search ends. */
export type Origin =
  | { readonly kind: 'memory'; readonly physical: number; readonly length: number; readonly name: string }
  /** `bits`: the field of it that counts, where that is one. */
  | { readonly kind: 'register'; readonly name: string; readonly bits?: string | undefined }
  | { readonly kind: 'constant'; readonly text: string }
  | { readonly kind: 'gap'; readonly text: string };

const GENERAL = REGISTER_FILE.slice(0, 16).map(({ name }) => name);
const COPIES: ReadonlySet<string> = new Set(['mov', 'movzx', 'movsx', 'push', 'pop', 'movRdCd', 'movCdRd', 'xchg']);

/** The general register of an operand; AH and the like are parts of their register. */
export const generalRegister = (operand: Operand): string => GENERAL[operand.register >= 20 ? operand.register - 20 : operand.register]!;

/** Where what an instruction wrote to a byte of memory came from. */
export function originOfStore(attempt: Attempt, physical: number): Origin {
  const { insn, text } = attempt;
  if (insn === null) return { kind: 'gap', text: 'what wrote it cannot be decoded' };
  const name = insn.mnemonic;
  if (name === 'push') return fromOperand(attempt, insn.destination);
  if (name === 'mov') return fromOperand(attempt, insn.source);
  if (name === 'pop') return fromRead(attempt);
  if (/^movs[bwd]?$/.test(name)) return fromRead(attempt, attempt.accesses.findIndex((one) => one.write && covers(one, physical)));
  if (/^stos/.test(name)) return { kind: 'register', name: 'rax' };
  if (name === 'call') return { kind: 'constant', text: `the return address of ${text}` };
  if (/^pushf/.test(name)) return { kind: 'register', name: 'rflags' };
  return { kind: 'gap', text: `${text} computes it: the chain ends here` };
}

/** Where what an instruction left in a register came from. `register` is a name of the register file. */
export function originOfLoad(attempt: Attempt, register: string): Origin {
  const { insn, text } = attempt;
  if (insn === null) return { kind: 'gap', text: 'what changed it cannot be decoded' };
  const name = insn.mnemonic;
  const segment = SEGMENT_NAMES.find((one) => register.startsWith(`${one}.`));
  if (segment !== undefined && !register.endsWith('.selector')) return fromDescriptor(attempt);
  if ((name === 'xor' || name === 'sub') && isSame(insn)) return { kind: 'constant', text: `${text} makes it 0` };
  if (name === 'pop' || /^popf/.test(name) || name === 'lodsd' || name === 'lodsw' || name === 'lodsb' || /^l[defgs]s$/.test(name)) return fromRead(attempt);
  if (name === 'rdmsr') return { kind: 'gap', text: 'read from an MSR: the chain ends here' };
  if (name === 'in') return { kind: 'gap', text: 'read from a device: the chain ends here' };
  if (COPIES.has(name) && isTarget(insn.destination, register)) return fromOperand(attempt, insn.source);
  if ((name === 'lldt' || name === 'ltr') && register.endsWith('.selector')) return fromOperand(attempt, insn.destination);
  return { kind: 'gap', text: `${text} computes it: the chain ends here` };
}

/** The general register an instruction takes its operand from, by its name in the register file; null when it takes none. */
export function registerOperand(insn: Insn | null): string | null {
  if (insn === null) return null;
  const operand = [insn.source, insn.destination].find(({ kind }) => kind === REGISTER);
  return operand === undefined ? null : generalRegister(operand);
}

function isTarget(operand: Operand, register: string): boolean {
  if (operand.kind === REGISTER) return generalRegister(operand) === register;
  if (operand.kind === SEGMENT_REGISTER) return `${SEGMENT_NAMES[operand.register] ?? ''}.selector` === register;
  if (operand.kind === DEBUG_REGISTER) return `dr${String(operand.register)}` === register;
  return operand.kind === CONTROL_REGISTER && `cr${String(operand.register)}` === register;
}

const isSame = ({ destination, source }: Insn): boolean => destination.kind === REGISTER && source.kind === REGISTER && destination.register === source.register;

function fromOperand(attempt: Attempt, operand: Operand): Origin {
  switch (operand.kind) {
    case IMMEDIATE: return { kind: 'constant', text: `${attempt.text}: a constant of the program` };
    case REGISTER: return { kind: 'register', name: generalRegister(operand) };
    case SEGMENT_REGISTER: return { kind: 'register', name: `${SEGMENT_NAMES[operand.register] ?? 'ds'}.selector` };
    case CONTROL_REGISTER: return { kind: 'register', name: `cr${String(operand.register)}` };
    case MEMORY: case STRING_SOURCE: case STRING_DESTINATION: return fromRead(attempt);
    default: return { kind: 'gap', text: `${attempt.text} is not followed further` };
  }
}

/** The operand (or stack slot) the instruction read; of a repeated one the last before access number `end`. */
function fromRead({ accesses, text }: Attempt, end = -1): Origin {
  const reads = (end < 0 ? accesses : accesses.slice(0, end)).filter((one) => !one.write && (one.what === 'operand' || one.what === 'frame'));
  const read = end < 0 ? reads[0] : reads.at(-1);
  return read === undefined ? { kind: 'gap', text: `what ${text} read was not heard` } : ofAccess(read);
}

function fromDescriptor({ accesses, text }: Attempt): Origin {
  const read = accesses.filter((one) => !one.write && one.what === 'descriptor').at(-1);
  return read === undefined ? { kind: 'gap', text: `${text} loads it without reading a descriptor` } : ofAccess(read);
}

/** True when an access reaches a byte. */
export const covers = ({ physical, size }: HeardAccess, byte: number): boolean => byte >= physical && byte < physical + size;

/** Memory that was read, as an origin. */
export function ofAccess({ what, linear, physical, size }: HeardAccess): Origin & { readonly kind: 'memory' } {
  return { kind: 'memory', physical, length: Math.min(8, size), name: `the ${what.replace('-', ' ')} at ${hex(linear ?? physical)}` };
}
