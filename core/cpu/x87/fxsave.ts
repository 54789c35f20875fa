// FXSAVE and FXRSTOR, the state of x87, MMX and SSE in 512 bytes, and EMMS. None of the first two waits for an x87 error.
// SDM 1 "Operation of FXSAVE", SDM 2A "FXSAVE—Save x87 FPU, MMX Technology, and SSE State".
//
//   0 control  2 status  4 tag: one bit a register, 1 in use  6 opcode  8 IP  12 CS  16 operand  20 DS  24 MXCSR  28 bits of MXCSR that exist
//   32 ST0 … ST7, 16 bytes each     160 XMM0 … XMM7     288 … 511 are not touched

import { HAS_SSE } from '../../arch/cpu-models.ts';
import { CR4_OSFXSR } from '../../arch/control-registers.ts';
import { registerOffset } from '../../arch/register-file.ts';
import { difference } from '../../arch/vendor-differences.ts';
import { rule } from '../../event/rules.ts';
import type { Insn } from '../../isa/insn.ts';
import { demandAligned, isAlignmentChecked } from '../alignment.ts';
import { differ } from '../differ.ts';
import { demand, GP0 } from '../fault.ts';
import { effectiveAddress } from '../operands.ts';
import { beginMmx } from '../simd/available.ts';
import { mxcsrMask, writeMxcsr } from '../simd/mxcsr.ts';
import type { Cpu } from '../state.ts';
import { beginWithoutWaiting, tellPointers } from './available.ts';
import { readImage, writeImage } from './image.ts';
import { enterMmx } from './mmx-state.ts';
import { physicalOf } from './registers.ts';
import { setControlAndStatus } from './status.ts';

const R_ALIGNED = rule('fxsave-aligned');
const D_SSE = difference('fxsave-without-os-support'), D_ALIGNMENT = difference('fxsave-alignment-check');
const CR4 = registerOffset('cr4');
const REGISTERS = 8, FIRST_REGISTER = 32, FIRST_XMM = 160, SLOT_BYTES = 16, USED_BYTES = 288, LOADED_BYTES = 512, ALIGNMENT = 16, CHECKED_ALIGNMENT = 4, EMPTY = 3, ALL_EMPTY = 0xffff, OPCODE_BITS = 0x7ff;
const image = new DataView(new ArrayBuffer(LOADED_BYTES));

/** True when the SSE part is saved and restored. */
function savesSse(cpu: Cpu): boolean {
  if ((cpu.model.features & HAS_SSE) === 0) return false;
  if ((cpu.register(CR4) & CR4_OSFXSR) !== 0) return true;
  differ(cpu, D_SSE);
  return false;
}

/** #NM, then #AC or #GP(0) when the operand does not begin on a 16-byte boundary. Returns its offset. */
function demandOperand(cpu: Cpu, insn: Insn): number {
  beginWithoutWaiting(cpu);
  const offset = effectiveAddress(cpu, insn), linear = (cpu.segmentBase(insn.segment) + offset) >>> 0;
  if (linear % ALIGNMENT !== 0 && isAlignmentChecked(cpu)) {
    differ(cpu, D_ALIGNMENT);
    demandAligned(cpu, linear, CHECKED_ALIGNMENT);
  }
  demand(cpu, R_ALIGNED, linear % ALIGNMENT === 0, GP0, linear, ALIGNMENT);
  return offset;
}

function fxsave(cpu: Cpu, insn: Insn): void {
  const offset = demandOperand(cpu, insn), hasSse = savesSse(cpu);
  tellPointers(cpu);
  image.setUint16(0, cpu.fpuControl, true);
  image.setUint16(2, cpu.fpuStatus, true);
  image.setUint16(4, inUseBits(cpu.fpuTag), true);
  image.setUint16(6, cpu.fpuOpcode, true);
  [cpu.fpuIp, cpu.fpuCs, cpu.fpuDp, cpu.fpuDs].forEach((word, index) => { image.setUint32(8 + index * 4, word, true); });
  image.setUint32(24, cpu.mxcsr, true);
  image.setUint32(28, mxcsrMask(cpu), true);
  for (let i = 0; i < REGISTERS; i += 1) {
    for (let word = 0; word < 4; word += 1) {
      image.setUint32(FIRST_REGISTER + i * SLOT_BYTES + word * 4, word === 3 ? 0 : cpu.x87[(physicalOf(cpu, i) << 2) + word]!, true);
      image.setUint32(FIRST_XMM + i * SLOT_BYTES + word * 4, cpu.xmm[(i << 2) + word]!, true);
    }
  }
  writeImage(cpu, insn.segment, offset, image, hasSse ? USED_BYTES : FIRST_XMM, ALIGNMENT);
}

// SDM 2A "FXRSTOR—Restore x87 FPU, MMX, XMM, and MXCSR State": reserved bits of MXCSR give #GP(0)
function fxrstor(cpu: Cpu, insn: Insn): void {
  const offset = demandOperand(cpu, insn);
  readImage(cpu, insn.segment, offset, image, LOADED_BYTES, ALIGNMENT);
  if (savesSse(cpu)) {
    writeMxcsr(cpu, image.getUint32(24, true));
    for (let word = 0; word < REGISTERS * 4; word += 1) cpu.xmm[word] = image.getUint32(FIRST_XMM + word * 4, true);
  }
  cpu.fpuTag = tagOf(image.getUint8(4));
  setControlAndStatus(cpu, image.getUint16(0, true), image.getUint16(2, true));
  cpu.fpuOpcode = image.getUint16(6, true) & OPCODE_BITS;
  cpu.fpuIp = image.getUint32(8, true);
  cpu.fpuCs = image.getUint16(12, true);
  cpu.fpuDp = image.getUint32(16, true);
  cpu.fpuDs = image.getUint16(20, true);
  for (let i = 0; i < REGISTERS; i += 1) {
    const to = physicalOf(cpu, i) << 2, from = FIRST_REGISTER + i * SLOT_BYTES;
    cpu.x87[to] = image.getUint32(from, true);
    cpu.x87[to + 1] = image.getUint32(from + 4, true);
    cpu.x87[to + 2] = image.getUint16(from + 8, true);
  }
}

function inUseBits(tag: number): number {
  let bits = 0;
  for (let register = 0; register < REGISTERS; register += 1) if (((tag >>> (register << 1)) & EMPTY) !== EMPTY) bits |= 1 << register;
  return bits;
}

function tagOf(bits: number): number {
  let tag = ALL_EMPTY;
  for (let register = 0; register < REGISTERS; register += 1) if (((bits >>> register) & 1) !== 0) tag &= ~(EMPTY << (register << 1));
  return tag;
}

// SDM 2A "EMMS—Empty MMX Technology State"
function emms(cpu: Cpu): void {
  if (!beginMmx(cpu)) return;
  enterMmx(cpu);
  cpu.fpuTag = ALL_EMPTY;
}

export const FXSAVE = { fxsave, fxrstor, emms };
