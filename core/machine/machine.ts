// One guest computer: processor, RAM and devices over one buffer, with an image loaded and ready for its first instruction.

import { DEFAULT_MODEL } from '../arch/cpu-models.ts';
import { Cpu, stateBytes } from '../cpu/state.ts';
import { writeByDevice } from '../cpu/physical.ts';
import { PAGE_ROM } from '../cpu/page-flags.ts';
import { startBoot, startProtected32, startReal } from '../cpu/start.ts';
import type { GuestFile } from '../event/guest-file.ts';
import type { GuestInput } from '../event/input.ts';
import { orderedPlan } from '../event/change-plan.ts';
import { biosParts, serveTrap } from './bios/bios.ts';
import { driveStorageBytes, drivesOf, fillDrives } from './disks/drives.ts';
import { detectFormat } from './loaders/detect-format.ts';
import { Devices } from './devices/devices.ts';
import { setUpDevices } from './devices/firmware-state.ts';
import { firmwareParts } from './firmware/firmware-tables.ts';
import { planElf } from './loaders/load-elf.ts';
import { planBoot } from './loaders/load-boot.ts';
import { planFlat } from './loaders/load-flat.ts';
import { planLinux } from './loaders/load-linux.ts';
import { planMultiboot } from './loaders/load-multiboot.ts';
import { planMultiboot2 } from './loaders/load-multiboot2.ts';
import type { Guest, LoadPart, LoadPlan } from './loaders/load-plan.ts';
import { planPvh } from './loaders/load-pvh.ts';
import { planRom } from './loaders/load-rom.ts';
import { checkFiles } from './loaders/given-files.ts';
import { checkAppend, checkCount, checkMemory, checkModel, maxInstructionsOf, MEMORY_BYTES_DEFAULT, PAGE_BYTES, startModeOf, type ImageFormat, type MachineOptions, type MachineRequest } from './options.ts';

export interface Machine {
  readonly cpu: Cpu;
  readonly devices: Devices;
  readonly options: MachineOptions;
  readonly plan: LoadPlan;
  /** What is given from outside, by ascending boundary; a recording appends what somebody gives meanwhile. */
  readonly inputs: GuestInput[];
  /** Pages the loader wrote. */
  readonly loadedPages: readonly number[];
}

/** Gives `bytes` zeroed bytes; throws when there are not so many. */
export type Allocate = (bytes: number) => ArrayBuffer;

/** Names of what is attached, as a trace's header lists them. */
export const DEVICE_NAMES = [
  '8259 pair', 'local apic', '82093aa i/o apic', '8254', '8042 with keyboard', 'mc146818', 'system control 0x61 0x92 0xcf9', 'nmi timer 0xea', 'debug console 0xe9', 'exit ports 0xf4 0x501', 'com1 16550', 'vga without planes',
  'ide 0x1f0 0x170 (programmed I/O)', 'pci configuration (8086:1237 7000 7010 7113)', 'piix4 power management 0x600', 'fw_cfg 0x510 (no files)',
] as const;

/** Decides everything about a run before any memory is taken. Throws BadInput. */
export function planMachine(image: Uint8Array, request: MachineRequest, files: readonly GuestFile[] = []): { readonly plan: LoadPlan; readonly options: MachineOptions } {
  const memoryBytes = checkMemory(request.memoryBytes ?? MEMORY_BYTES_DEFAULT);
  const model = checkModel(request.cpuModel ?? DEFAULT_MODEL.name);
  const { format, why } = request.format === undefined || request.format === 'auto' ? detectFormat(image) : { format: request.format, why: null };
  const maxInstructions = checkCount('--max-instructions', request.maxInstructions ?? maxInstructionsOf(format));
  const plan = planOf(format, { image, files, request, memoryBytes });
  const recognised = why === null ? [] : [`the image was taken as ${why} (--format ${format})`];
  const start = startModeOf(format, request.start);
  // what the guest brings lies over what firmware has in memory
  const parts = [...(plan.hasBios ? biosParts(drivesOf(plan.disk, files)) : []), ...firmwareParts(plan, { model, memoryBytes }), ...plan.parts];
  return { plan: { ...plan, parts, notes: [...recognised, ...plan.notes] }, options: { format, memoryBytes, org: plan.org, entry: plan.entry, start, maxInstructions, cpuModel: model.name, append: checkAppend(format, request.append ?? ''), changes: orderedPlan(request.changes ?? []) } };
}

function planOf(format: ImageFormat, guest: Guest): LoadPlan {
  checkFiles(format, guest);
  switch (format) {
    case 'elf': return planElf(guest);
    case 'flat': return planFlat(guest);
    case 'boot': return planBoot(guest);
    case 'rom': return planRom(guest);
    case 'linux': return planLinux(guest);
    case 'multiboot': return planMultiboot(guest);
    case 'multiboot2': return planMultiboot2(guest);
    case 'pvh': return planPvh(guest);
  }
}

/** What a machine is made from. `inputs`: given at their boundaries, which ascend. */
export interface Build {
  readonly image: Uint8Array;
  readonly files?: readonly GuestFile[];
  readonly inputs?: readonly GuestInput[];
  readonly request: MachineRequest;
  readonly allocate: Allocate;
}

/**
 * Builds the machine and loads the image. Flat and ELF guests start in flat 32-bit protected mode at CPL 0, paging and interrupts off,
 * at the entry point, with what their boot loader leaves in registers. A boot sector starts in real-address
 * mode as a BIOS starts it, a ROM as the processor leaves reset. Throws BadInput.
 */
export function createMachine({ image, files = [], inputs = [], request, allocate }: Build): Machine {
  const { plan, options } = planMachine(image, request, files);
  const devices = new Devices();
  const drives = drivesOf(plan.disk, files), storageBytes = driveStorageBytes(drives);
  const cpu = new Cpu(allocate(stateBytes(options.memoryBytes, storageBytes)), options.memoryBytes, devices, storageBytes);
  cpu.model = checkModel(options.cpuModel);
  devices.attach(cpu);
  devices.connectDrives(fillDrives(cpu, drives));
  load(cpu, plan);
  begin(cpu, devices, plan);
  return { cpu, devices, options, plan, inputs: [...inputs], loadedPages: pagesOf(plan) };
}

// in file order, as the specification says: where segments overlap, the later one wins
function load(cpu: Cpu, plan: LoadPlan): void {
  for (const part of plan.parts) {
    writeByDevice(cpu, part.physical, part.bytes);
    cpu.ram.fill(0, part.physical + part.bytes.length, part.physical + part.memoryBytes);
    if (part.isRom === true) protect(cpu, part);
  }
}

function protect(cpu: Cpu, { physical, memoryBytes }: LoadPart): void {
  for (let page = physical / PAGE_BYTES; page < (physical + memoryBytes) / PAGE_BYTES; page += 1) cpu.pageFlags[page]! |= PAGE_ROM;
  cpu.romBytes = memoryBytes;
}

function begin(cpu: Cpu, devices: Devices, { start, entry, hasBios, disk }: LoadPlan): void {
  if (start.kind === 'reset') {
    startReal(cpu);
    return;
  }
  devices.cmos.describe({ memoryBytes: cpu.ramBytes, hasFloppy: disk?.isFloppy === true });
  if (hasBios) devices.onTrap = () => { serveTrap({ cpu, devices }); };
  if (start.kind === 'boot') startBoot(cpu, { drive: start.drive, entry });
  else startProtected32(cpu, entry, start);
  setUpDevices(devices, { areLinesOpen: start.kind === 'boot' });
}

function pagesOf(plan: LoadPlan): readonly number[] {
  const pages = new Set<number>();
  for (const part of plan.parts) {
    for (let page = Math.floor(part.physical / PAGE_BYTES); page * PAGE_BYTES < part.physical + part.bytes.length; page += 1) pages.add(page);
  }
  return [...pages];
}
