// Changes made on machines of the scenarios: what is set, what follows from it, and what is refused there.

import { describe, expect, it } from 'vitest';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { CS, DS, ES, SS, type Cpu } from '../../../core/cpu/state.ts';
import { isCached, tlbIndex } from '../../../core/cpu/tlb.ts';
import { PENDING_TRAP } from '../../../core/cpu/attention.ts';
import { parseChange } from '../../../core/event/change.ts';
import { applyChange } from '../../../core/machine/apply-change.ts';
import { Session } from '../../../core/machine/session.ts';
import { machineBefore } from './stop-at.ts';

const change = (cpu: Cpu, text: string): string => applyChange(cpu, parseChange(text));
// event 17 of gate-dpl: ud2 in ring 3
const inRing3 = (): Cpu => machineBefore('gate-dpl', 17).cpu;

describe('registers', () => {
  it('general registers, EIP and EFLAGS', () => {
    const cpu = inRing3();
    expect(change(cpu, 'eax=0x1234')).toMatch(/^EAX: 0x[0-9a-f]+ -> 0x1234$/);
    expect(cpu.get32(0)).toBe(0x1234);
    expect(change(cpu, 'edi=0xffffffff')).toMatch(/-> 0xffffffff$/);
    expect(change(cpu, 'eip=0x400010')).toMatch(/^EIP: 0x[0-9a-f]+ -> 0x400010$/);
    expect(cpu.eip).toBe(0x40_0010);
    expect(change(cpu, 'eflags.TF=1')).toBe('EFLAGS.TF: 0 -> 1');
    expect(cpu.pending & PENDING_TRAP).not.toBe(0);
    expect(change(cpu, 'eflags.TF=1')).toBe('EFLAGS.TF: 1, unchanged');
    expect(change(cpu, 'eflags.IOPL=3')).toBe('EFLAGS.IOPL: 0 -> 3');
    expect(() => change(cpu, 'eflags.VM=1')).toThrow('the change eflags.VM=0x1 cannot be made here: EFLAGS.VM is changed by IRET and task switches only');
  });

  it('CR0 takes effect: alignment checks take the short path away, paging off empties the TLB', () => {
    const cpu = inRing3();
    change(cpu, 'eflags.AC=1');
    expect(cpu.flatSegments).not.toBe(0);
    expect(change(cpu, 'cr0.AM=1')).toBe('CR0.AM: 0 -> 1');
    expect(cpu.flatSegments).toBe(0);
    change(cpu, 'eflags.AC=0');
    expect(cpu.flatSegments).not.toBe(0);
    expect(cpu.tlb.some((word) => word !== 0)).toBe(true);
    change(cpu, 'cr0.PG=0');
    expect(cpu.tlb.some((word) => word !== 0)).toBe(false);
  });

  it('control registers and MSRs refuse what the instruction refuses', () => {
    const cpu = inRing3();
    expect(() => change(cpu, 'cr4.VMXE=1')).toThrow(/cr4\.VMXE=0x1 cannot be made here: the processor refuses this value with #GP\(0x0\), as this does not hold: no bit of CR4 is set that this processor does not have/);
    expect(() => change(cpu, 'cr0.PE=0')).toThrow(/CR0\.PG is not set while CR0\.PE is clear/);
    expect(change(cpu, 'cr4.PSE=1')).toBe('CR4.PSE: 0 -> 1');
    expect(change(cpu, 'IA32_SYSENTER_CS=0x8')).toBe('IA32_SYSENTER_CS: 0x0 -> 0x8');
    expect(cpu.register(registerOffset('sysenter_cs'))).toBe(8);
    expect(() => change(cpu, 'IA32_LSTAR=1')).toThrow('this processor has no IA32_LSTAR');
    expect(() => change(cpu, 'IA32_PAT=2')).toThrow(/IA32_PAT does not take 0x2: WRMSR would raise #GP\(0\)/);
    expect(change(cpu, 'IA32_PAT.PA0=0')).toBe('IA32_PAT.PA0: 0x6 -> 0x0');
  });

  it('selectors are loaded with every check of a load', () => {
    const cpu = inRing3();
    expect(change(cpu, 'es=0')).toBe('ES: 0x23 -> 0x0');
    expect(cpu.segmentRights(ES)).toBe(0x1_0000);
    expect(() => change(cpu, 'ds=0x10')).toThrow(/#GP\(0x10\), as this does not hold: neither CPL nor RPL is numerically greater than DPL/);
    expect(cpu.segmentSelector(DS)).toBe(0x23);
    expect(() => change(cpu, 'ss=0x10')).toThrow(/#GP\(0x10\)/);
    expect(cpu.segmentSelector(SS)).toBe(0x23);
  });

  it('GDTR and IDTR', () => {
    const cpu = inRing3();
    expect(change(cpu, 'idtr.limit=0x7f')).toBe('IDTR.LIMIT: 0x40f -> 0x7f');
    expect(cpu.register(registerOffset('idtr.limit'))).toBe(0x7f);
    expect(() => change(cpu, 'idt[0x80].DPL=3')).toThrow('the change idt[0x80].DPL=0x3 cannot be made here: the IDT has no entry 0x80: its limit is 0x7f');
  });
});

describe('tables', () => {
  it('a gate, a descriptor, the TSS: the bytes that change are named', () => {
    const cpu = inRing3();
    const idt = cpu.register(registerOffset('idtr.base'));
    expect(change(cpu, 'idt[0x20].dpl=3')).toBe(`IDT entry 0x20 DPL: 0 -> 3 (byte at physical 0x${(idt + 0x20 * 8 + 5).toString(16)})`);
    expect(cpu.ram[idt + 0x20 * 8 + 5]).toBe(0xee);
    expect(change(cpu, 'idt[0x20].offset=0x12345678')).toMatch(/^IDT entry 0x20 offset: 0x[0-9a-f]+ -> 0x12345678 \([234] bytes from physical/);
    expect(change(cpu, 'gdt[3].P=0')).toMatch(/^GDT entry 3 P: 1 -> 0 \(byte at physical 0x[0-9a-f]+\); CS keeps what was loaded before$/);
    expect(cpu.segmentRights(CS) & 0x80).toBe(0x80);
    expect(change(cpu, 'gdt[5].limit=0x50')).toMatch(/^GDT entry 5 limit: 0x67 -> 0x50 .*; TR keeps what was loaded before$/);
    expect(change(cpu, 'tss.ss0=0x18')).toMatch(/^TSS ss0: 0x10 -> 0x18 \(byte at physical 0x[0-9a-f]+\)$/);
    expect(() => change(cpu, 'ldt[1].P=1')).toThrow('no LDT is in use');
    expect(() => change(cpu, 'gdt[100].P=1')).toThrow(/the GDT has no entry 100: its limit is 0x2f/);
    expect(() => change(machineBefore('gate-dpl', 0).cpu, 'tss.esp0=1')).toThrow('TR holds no TSS');
  });

  it('a page entry: the TLB forgets the page, and says so', () => {
    const cpu = inRing3();
    const page = (cpu.eip & ~0xfff) >>> 0;
    const hex = page.toString(16);
    expect(isCached(cpu, tlbIndex(page), page)).toBe(true);
    expect(change(cpu, `pte[0x${hex}].US=0`)).toMatch(new RegExp(`^PTE of linear 0x${hex} US: 1 -> 0 \\(byte at physical 0x[0-9a-f]+\\); the TLB forgets this page$`));
    expect(isCached(cpu, tlbIndex(page), page)).toBe(false);
    expect(change(cpu, 'pde[0x400000].rw=0')).toMatch(/^PDE of linear 0x400000 RW: 1 -> 0 .*; the TLB forgets the 4 MBytes from 0x400000 on$/);
    expect(() => change(cpu, 'pte[0xc0000000].P=1')).toThrow(/the walk of linear 0xc0000000 ends at the page directory \(entry 0x0 at physical 0x[0-9a-f]+\): there is no page-table entry/);
    expect(() => change(cpu, 'pde[0x400000].D=1')).toThrow(/this page-directory entry has no field D: it has P RW US PWT PCD A PS base/);
    change(cpu, 'pde[0x400000].PS=1');
    expect(change(cpu, 'pde[0x400000].D=1')).toMatch(/D: 0 -> 1/);
    expect(() => change(machineBefore('gate-dpl', 0).cpu, 'pte[0x1000].P=1')).toThrow('paging is off');
  });

  it('memory: linear through the tables, physical as it is', () => {
    const cpu = inRing3();
    expect(change(cpu, 'phys:0x8000:4=0xdeadbeef')).toBe('4 bytes at physical 0x8000: 0x0 -> 0xdeadbeef (4 bytes from physical 0x8000 on)');
    expect(change(cpu, 'phys:0x8000=0xef')).toBe('1 byte at physical 0x8000: 0xef, unchanged');
    expect(() => change(cpu, '[0x8000]=1')).toThrow('the change [0x8000]=0x1 cannot be made here: the page tables do not map linear 0x8000');
    expect(() => change(cpu, 'phys:0x7ffffe:4=1')).toThrow('there is no memory at physical 0x800000');
  });

  it('code that was decoded is decoded anew', () => {
    const machine = machineBefore('gate-dpl', 17);
    const { cpu } = machine;
    const eip = cpu.eip;
    change(cpu, `[0x${eip.toString(16)}]:2=0x9090`);
    new Session(machine).run(2);
    expect(cpu.eip).toBe(eip + 2);
  });
});
