// The opcode table itself, outcomes of the decoder that bytes alone cannot show, and the disassembler's text.
import { describe, expect, it } from 'vitest';
import { decode, decodeFrom } from '../../../core/isa/decoder.ts';
import { disassemble } from '../../../core/isa/disassembler.ts';
import { OPCODE_ROWS, opcodeEntries } from '../../../core/isa/opcode-index.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(text.split(' ').map((byte) => parseInt(byte, 16)));
function text(code: string, bits: 16 | 32 | 64 = 32, ip = 0x1000): string {
  const result = decode(bytes(code), bits);
  return result.kind === 'insn' ? disassemble(result.insn, { ip }) : result.kind;
}

describe('opcode table', () => {
  it('has no two rows that match the same encoding equally well', () => {
    const doubles: string[] = [];
    for (let map = 0; map < 4; map += 1) for (let opcode = 0; opcode < 256; opcode += 1) {
      const seen = new Set<string>();
      for (const entry of opcodeEntries(map, opcode)) {
        const id = `${map} ${opcode.toString(16)} ${entry.prefix} ${entry.exactModrm} ${entry.digit} ${entry.form} ${entry.modes}`;
        const isShorthand = entry.key.endsWith('+r') && entry.op === 'xchg'; // 90 is NOP, XCHG eAX,eAX
        if (seen.has(id) && !isShorthand) doubles.push(id);
        seen.add(id);
      }
    }
    expect(doubles).toEqual([]);
    expect(OPCODE_ROWS.length).toBeGreaterThan(800);
  });
});

describe('decoder outcomes', () => {
  it('tells incomplete, invalid, a bad LOCK and more than 15 bytes apart', () => {
    expect(decode(bytes('0f'), 32)).toEqual({ kind: 'incomplete' });
    expect(decode(bytes('81 05 00 00 00 00 01 02 03'), 32)).toEqual({ kind: 'incomplete' });
    expect(decode(bytes('0f 04'), 32)).toMatchObject({ kind: 'invalid', reason: 'opcode' });
    expect(decode(bytes('f0 01 c0'), 32)).toMatchObject({ kind: 'invalid', reason: 'lock' });
    expect(decode(bytes('f0 39 00'), 32)).toMatchObject({ kind: 'invalid', reason: 'lock' });
    expect(decode(bytes('8e c8'), 32)).toMatchObject({ kind: 'invalid', reason: 'opcode' }); // mov cs, ax
    expect(decode(new Uint8Array(16).fill(0x66), 32)).toEqual({ kind: 'too-long' });
    expect(decode(Uint8Array.from([...new Array<number>(14).fill(0x66), 0x90]), 32)).toMatchObject({ kind: 'insn' });
    expect(decode(new Uint8Array(14).fill(0x66), 32)).toEqual({ kind: 'incomplete' });
  });

  it('asks a callback for no byte beyond the instruction', () => {
    const asked: number[] = [];
    const code = bytes('b8 01 00 00 00');
    expect(decodeFrom((index) => { asked.push(index); return code[index] ?? null; }, 32)).toMatchObject({ kind: 'insn' });
    expect(asked).toEqual([0, 1, 2, 3, 4]);
    expect(decodeFrom(() => null, 32)).toEqual({ kind: 'incomplete' });
  });
});

describe('disassembler', () => {
  it.each([
    ['8b 44 8b fc', 'mov eax, [ebx+ecx*4-0x4]'], ['c7 05 00 10 00 00 02 00 00 00', 'mov dword [0x1000], 0x2'], ['64 a1 10 00 00 00', 'mov eax, [fs:0x10]'],
    ['f0 ff 03', 'lock inc dword [ebx]'], ['f3 a5', 'rep movsd'], ['f2 ae', 'repne scasb'], ['cd 80', 'int 0x80'], ['0f 34', 'sysenter'],
    ['eb fe', 'jmp 0x1000'], ['74 02', 'je 0x1004'], ['e8 fb ff ff ff', 'call 0x1000'], ['ea 78 56 34 12 08 00', 'jmp 0x8:0x12345678'], ['ff 2d 00 20 00 00', 'jmp far [0x2000]'],
    ['8e d8', 'mov ds, eax'], ['0f 22 c0', 'mov cr0, eax'], ['0f b6 03', 'movzx eax, byte [ebx]'], ['d1 e0', 'shl eax, 0x1'], ['66 50', 'push ax'], ['67 8b 07', 'mov eax, [bx]'],
    ['d9 e8', 'fld1'], ['0f 0b', 'ud2'], ['cf', 'iretd'], ['c8 10 00 01', 'enter 0x10, 0x1'], ['66 eb fe', 'o16 jmp 0x1001'],
  ])('%s is %s', (code, expected) => { expect(text(code)).toBe(expected); });

  it('names targets through the symboliser and cuts 16-bit targets', () => {
    const result = decode(bytes('eb 02'), 32);
    if (result.kind !== 'insn') throw new Error('expected an instruction');
    expect(disassemble(result.insn, { ip: 0x1000, symbolise: (lo) => (lo === 0x1004 ? 'main.loop' : null) })).toBe('jmp main.loop (0x1004)');
    expect(text('eb fe', 16, 0xffff)).toBe('jmp 0xffff');
    expect(text('eb 10', 16, 0xfff8)).toBe('jmp 0xa');
  });

  it('is ready for REX and RIP-relative operands', () => {
    expect(text('48 89 d8', 64)).toBe('mov rax, rbx');
    expect(text('4c 8b 35 10 00 00 00', 64)).toBe('mov r14, [rip+0x10]');
    expect(text('48 b8 88 77 66 55 44 33 22 11', 64)).toBe('mov rax, 0x1122334455667788');
    expect(text('40 88 f0', 64)).toBe('mov al, sil');
    expect(text('06', 64)).toBe('invalid');
  });
});
