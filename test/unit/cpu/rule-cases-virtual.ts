// The rules of the virtual interrupt flag and of interrupt redirection: the nearest state that passes and the nearest that faults, as in rule-cases.ts.

import { registerOffset } from '../../../core/arch/register-file.ts';
import { writeFlags } from '../../../core/cpu/flags.ts';
import { isRedirected } from '../../../core/cpu/interrupt-redirection.ts';
import { realInterruptReturn } from '../../../core/cpu/real-mode-interrupt.ts';
import { clearInterruptFlag, demandNoVirtualInterrupt, demandVirtualImage, setInterruptFlag } from '../../../core/cpu/virtual-interrupts.ts';
import { enterVirtual8086, IOPL3, storeStack, VM } from './modes-world.ts';
import type { RuleCase } from './rule-cases.ts';
import { enterRing3, store32, TSS, TSS_SELECTOR, type World } from './world.ts';

export const VME = 1, PVI = 2, VIF = 0x8_0000, VIP = 0x10_0000;
const CR4 = registerOffset('cr4');
/** Turns VME or PVI on or off, whoever runs. */
export const extensions = (bits: number) => ({ cpu }: World): void => { cpu.setRegister(CR4, bits, 0); };
/** Virtual-8086 mode with VME and IOPL 0, and these flags. */
export const virtual8086 = (flags: number) => (world: World): void => { enterVirtual8086(world, flags); extensions(VME)(world); };
/** Ring 3 of protected mode with PVI and IOPL 0, and these flags. */
export const ring3 = (flags: number) => (world: World): void => { enterRing3(world); extensions(PVI)(world); writeFlags(world.cpu, flags | 2); };
const flags = (value: number) => ({ cpu }: World): void => { writeFlags(cpu, value | 2); };
const sti = ({ cpu }: World): void => { setInterruptFlag(cpu); };
const cli = ({ cpu }: World): void => { clearInterruptFlag(cpu); };
const redirected = (vector: number) => ({ cpu }: World): void => { isRedirected(cpu, vector); };
/** A TSS of this type and limit whose I/O map begins at `map`. */
const tssWith = (change: { readonly map?: number; readonly limit?: number; readonly rights?: number }) => ({ cpu }: World): void => {
  store32({ cpu, events: [], checks: [], heard: [] }, TSS + 100, (change.map ?? 136) << 16);
  cpu.setSegment(7, TSS_SELECTOR, change.rights ?? 0x8b, change.limit ?? 0x87, TSS);
};
const inVme = (change: Parameters<typeof tssWith>[0] = {}) => (world: World): void => { virtual8086(0)(world); tssWith(change)(world); };

export const VIRTUAL_CASES: readonly RuleCase[] = [
  { rule: 'redirection-tss', setup: inVme({ map: 32, limit: 103 }), bend: tssWith({ map: 32, limit: 102 }), act: redirected(0), fault: '#GP(0x0)' },
  { rule: 'redirection-tss', name: '16-bit', setup: inVme(), bend: tssWith({ rights: 0x83 }), act: redirected(0), fault: '#GP(0x0)' },
  { rule: 'redirection-map-limit', setup: inVme({ limit: 135 }), bend: tssWith({ limit: 134 }), act: redirected(255), fault: '#GP(0x0)' },
  { rule: 'redirection-map-limit', name: 'before the TSS', setup: inVme({ map: 32 }), bend: tssWith({ map: 31 }), act: redirected(7), fault: '#GP(0x0)' },
  { rule: 'v86-iopl', name: 'IRETD under VME', setup: (world) => { virtual8086(IOPL3)(world); storeStack(world, 0, 0, 0x500, 0, 2, 0); }, bend: flags(VM), act: ({ cpu }) => { realInterruptReturn(cpu, 32); }, fault: '#GP(0x0)' },
  { rule: 'virtual-flag-trap', setup: virtual8086(0), bend: ({ cpu }) => { cpu.eip = 0x100; }, act: ({ cpu }) => { demandVirtualImage(cpu, cpu.eip | 2); }, fault: '#GP(0x0)' },
  { rule: 'virtual-flag-pending', setup: virtual8086(0), bend: flags(VM | VIP), act: ({ cpu }) => { demandVirtualImage(cpu, 0x202); }, fault: '#GP(0x0)' },
  { rule: 'virtual-flag-pending', name: 'IRET', setup: (world) => { virtual8086(VIP)(world); storeStack(world, 0, 0x500, 2); }, bend: (world) => { storeStack(world, 0, 0x500, 0x202); }, act: ({ cpu }) => { realInterruptReturn(cpu, 16); }, fault: '#GP(0x0)' },
  { rule: 'iopl-interrupt-flag', name: 'CLI with PVI elsewhere', setup: (world) => { ring3(IOPL3)(world); }, bend: (world) => { ring3(0)(world); extensions(VME)(world); }, act: cli, fault: '#GP(0x0)' },
  { rule: 'iopl-interrupt-flag', name: 'STI in virtual-8086 mode with PVI', setup: virtual8086(IOPL3), bend: (world) => { virtual8086(0)(world); extensions(PVI)(world); }, act: sti, fault: '#GP(0x0)' },
  { rule: 'sti-virtual-pending', setup: virtual8086(0), bend: flags(VM | VIP), act: sti, fault: '#GP(0x0)' },
  { rule: 'sti-virtual-pending', name: 'PVI', setup: ring3(0), bend: flags(VIP), act: sti, fault: '#GP(0x0)' },
  ...([['virtual-8086 mode', virtual8086, VM], ['PVI', ring3, 0]] as const).map(([name, enter, vm]): RuleCase => ({
    rule: 'virtual-interrupt-due', name, setup: enter(VIF | VIP | IOPL3), bend: flags(vm | VIF | VIP | 0x2000), act: ({ cpu }) => { demandNoVirtualInterrupt(cpu); }, fault: '#GP(0x0)',
  })),
];
