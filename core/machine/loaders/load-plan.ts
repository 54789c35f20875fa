// What a loader is given, and what it decides before any memory exists: which bytes go where, and how the processor begins.

import type { ProtectedStart } from '../../cpu/start.ts';
import type { GuestFile } from '../../event/guest-file.ts';
import type { Disk } from '../disks/disk.ts';
import type { ImageFormat, MachineRequest } from '../options.ts';

/** What a loader is given. */
export interface Guest { readonly image: Uint8Array; readonly files: readonly GuestFile[]; readonly request: MachineRequest; readonly memoryBytes: number }

export interface LoadPart {
  readonly physical: number;
  readonly bytes: Uint8Array;
  /** Bytes in memory; what lies behind `bytes` is zero. */
  readonly memoryBytes: number;
  /** Read-only for the guest; whole pages. */
  readonly isRom?: boolean;
}

/** How the processor begins: as reset leaves it; in real-address mode at `entry`, as a BIOS starts a boot sector from `drive`; in flat 32-bit protected mode at `entry`. */
export type Start = { readonly kind: 'reset' } | { readonly kind: 'boot'; readonly drive: number } | { readonly kind: 'protected' } & ProtectedStart;

export interface LoadPlan {
  readonly format: ImageFormat;
  /** Flat images: where they are loaded; others: 0. */
  readonly org: number;
  readonly entry: number;
  /** In the order they are written: where two overlap, the later one wins. */
  readonly parts: readonly LoadPart[];
  readonly start: Start;
  /** The BIOS lies below, and answers. */
  readonly hasBios: boolean;
  /** The disk the image is; null when it is none. */
  readonly disk: Disk | null;
  /** What a person should know about how it was recognised and loaded, one sentence each. */
  readonly notes: readonly string[];
}
