// How a guest is started and how long it may run: the options a recording stores in its header, so that it can be executed again.

import { findModel, MODELS, type CpuModel } from '../arch/cpu-models.ts';
import { BadInput } from '../base/bad-input.ts';
import type { PlannedChange } from '../event/change-plan.ts';

export const IMAGE_FORMATS = ['flat', 'elf', 'boot', 'rom', 'multiboot', 'multiboot2', 'linux', 'pvh'] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];
/** The mode the first instruction runs in. */
export const START_MODES = ['real', 'protected'] as const;
export type StartMode = (typeof START_MODES)[number];

/** Everything that decides what a run does, besides the image. Addresses and sizes in bytes. */
export interface MachineOptions {
  readonly format: ImageFormat;
  /** Guest memory, a multiple of 4096. */
  readonly memoryBytes: number;
  /** Flat images: physical address of the first byte. Others: 0. */
  readonly org: number;
  /** Physical (= linear) address of the first instruction. */
  readonly entry: number;
  readonly start: StartMode;
  /** Instruction attempts (faulted ones count) after which the run ends. */
  readonly maxInstructions: number;
  /** Name of the processor model (core/arch/cpu-models.ts). */
  readonly cpuModel: string;
  /** Command line of a kernel whose loader passes one; empty for none. */
  readonly append: string;
  /** What a what-if changes on the way, by boundary. */
  readonly changes: readonly PlannedChange[];
}

/** As given by a person; null or absent: the default. */
export interface MachineRequest {
  readonly format?: ImageFormat | 'auto';
  readonly memoryBytes?: number;
  readonly org?: number;
  readonly entry?: number;
  readonly start?: StartMode;
  readonly maxInstructions?: number;
  readonly cpuModel?: string;
  readonly append?: string;
  readonly changes?: readonly PlannedChange[];
}

/** The request that leads to these options again. */
export function requestOf(options: MachineOptions): MachineRequest {
  const { format, memoryBytes, org, entry, start, maxInstructions, cpuModel, append, changes } = options;
  return { format, memoryBytes, maxInstructions, cpuModel, append, changes, ...(format === 'flat' ? { org, start } : {}), ...(TAKES_ENTRY.includes(format) ? { entry } : {}) };
}

/** Formats whose entry point a person may choose. */
const TAKES_ENTRY: readonly ImageFormat[] = ['flat', 'elf', 'multiboot', 'multiboot2', 'pvh'];

export const PAGE_BYTES = 4096;
export const MEMORY_BYTES_DEFAULT = 64 * 1024 * 1024;
/** A buffer of this size exists everywhere; more is refused before anything is allocated. */
export const MEMORY_BYTES_MAX = 1024 * 1024 * 1024;
/**
 * Instructions after which a run ends unless told otherwise: a guest that spins must not fill the disk. A Linux kernel gets more: to unpack
 * itself alone takes some thousand million.
 */
export const maxInstructionsOf = (format: ImageFormat): number => (format === 'linux' ? 10_000_000_000 : 1_000_000_000);
/** Where a flat image is loaded unless told otherwise (`--org`). */
export const FLAT_ORG_DEFAULT = 0x10_0000;
/** The same for one that starts in real-address mode: where a boot sector would lie. */
export const FLAT_REAL_ORG_DEFAULT = 0x7c00;

/** Guest memory in whole pages, within bounds. Throws BadInput. */
export function checkMemory(bytes: number): number {
  if (!Number.isInteger(bytes) || bytes < 0x10_0000 || bytes > MEMORY_BYTES_MAX) {
    throw new BadInput(`guest memory of ${String(bytes)} bytes is not possible: give 1M to 1024M, for example --memory 64M`);
  }
  return Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
}

/** The processor model of a name. Throws BadInput, with the list, for a name that is none. */
export function checkModel(name: string): CpuModel {
  const model = findModel(name);
  if (model === null) throw new BadInput(`there is no processor model ${JSON.stringify(name)}: give ${MODELS.map((one) => one.name).join(', ')}`);
  return model;
}

/** Formats whose loader hands a command line over, and the most bytes of one. */
export const TAKES_APPEND: readonly ImageFormat[] = ['multiboot', 'multiboot2', 'linux', 'pvh'];
const APPEND_MAX = 2047;

/** A kernel's command line. Throws BadInput for one that is too long or that the format has no place for. */
export function checkAppend(format: ImageFormat, append: string): string {
  if (append !== '' && !TAKES_APPEND.includes(format)) throw new BadInput(`--append is the command line of a kernel: an image of format ${format} is given none (formats ${TAKES_APPEND.join(', ')})`);
  if (append.length > APPEND_MAX) throw new BadInput(`the command line of --append has ${String(append.length)} characters: give at most ${String(APPEND_MAX)}`);
  if (/[\0\n\r]/.test(append)) throw new BadInput('the command line of --append holds a line break or a zero: leave it out');
  return append;
}

/** The mode a guest of this format starts in; only flat images leave the choice to a person. Throws BadInput for another one. */
export function startModeOf(format: ImageFormat, asked: StartMode | undefined): StartMode {
  const own = format === 'boot' || format === 'rom' ? 'real' : 'protected';
  if (format === 'flat') return asked ?? own;
  if (asked !== undefined && asked !== own) throw new BadInput(`--start ${asked} is for flat images: an image of format ${format} starts in ${own} mode`);
  return own;
}

/** A count of instructions or events, at least 1. Throws BadInput. */
export function checkCount(name: string, count: number): number {
  if (!Number.isSafeInteger(count) || count < 1) throw new BadInput(`${name} must be a whole number of at least 1, not ${String(count)}`);
  return count;
}
