// What firmware has done to the devices when it hands over: the 8259 pair at the vectors of the BIOS, the 8254 at 18.2 Hz, the 8042 tested, the
// local APIC a wire.
// IBM "Personal Computer AT Technical Reference": "System BIOS".

import { LOCAL_APIC_BASE } from '../memory-map.ts';
import type { Devices } from './devices.ts';

type PortWrite = readonly [port: number, value: number];

const PICS: readonly PortWrite[] = [
  [0x20, 0x11], [0x21, 0x08], [0x21, 0x04], [0x21, 0x01], [0xa0, 0x11], [0xa1, 0x70], [0xa1, 0x02], [0xa1, 0x01],
];
const ALL_MASKED: readonly PortWrite[] = [[0x21, 0xff], [0xa1, 0xff]];
/** Timer, keyboard, cascade and diskette open; of the second controller the clock and what a mouse and a disk would use. */
const BIOS_MASKS: readonly PortWrite[] = [[0x21, 0xb8], [0xa1, 0x8f]];
/** Counter 0: mode 3, 65536. Counter 1: mode 2, 18. */
const PIT: readonly PortWrite[] = [[0x43, 0x36], [0x40, 0], [0x40, 0], [0x43, 0x54], [0x41, 18]];
/** The 8042: self-test, its answer, then interrupts of the keyboard, translated scan codes, no mouse. */
const SELF_TEST = 0xaa, KEYBOARD: readonly PortWrite[] = [[0x64, 0x60], [0x60, 0x61]];

/** Text of 80 columns and 25 rows. */
const TEXT_MODE = 3;

/** Registers of the local APIC: enabled by software, LINT0 is ExtINT, LINT1 is NMI. Intel "MultiProcessor Specification" 1.4: "Virtual Wire Mode". */
const LOCAL_APIC: readonly (readonly [register: number, value: number])[] = [[0xf0, 0x1ff], [0x350, 0x8700], [0x360, 0x8400]];

/**
 * Sets the devices up before the first instruction; the processor has its first state already. `areLinesOpen`: as a BIOS leaves them to a boot sector; otherwise every line is masked,
 * as a kernel without firmware below it must begin: it has no handlers yet.
 */
export function setUpDevices(devices: Devices, { areLinesOpen }: { readonly areLinesOpen: boolean }): void {
  devices.writePort(0x64, 1, SELF_TEST);
  devices.readPort(0x60, 1);
  for (const [port, value] of [...PIT, ...PICS, ...KEYBOARD, ...(areLinesOpen ? BIOS_MASKS : ALL_MASKED)]) devices.writePort(port, 1, value);
  devices.vga.setMode(TEXT_MODE);
  for (const [register, value] of LOCAL_APIC) devices.writeDevice(LOCAL_APIC_BASE + register, 4, value);
}
