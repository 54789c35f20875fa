// What a loader decides before any memory exists: which bytes go where, and where execution begins.

import type { ProtectedStart } from '../../cpu/start.ts';
import type { Disk } from '../bios/disk.ts';
import type { ImageFormat } from '../options.ts';

export interface LoadPart {
  readonly physical: number;
  readonly bytes: Uint8Array;
  /** Bytes in memory; what lies behind `bytes` is zero. */
  readonly memoryBytes: number;
  /** Read-only for the guest; whole pages. */
  readonly isRom?: boolean;
}
export interface LoadPlan {
  readonly format: ImageFormat;
  /** Flat images: where they are loaded; others: 0. */
  readonly org: number;
  readonly entry: number;
  readonly parts: readonly LoadPart[];
  /** What INT 13h reads; null without a BIOS. */
  readonly disk: Disk | null;
  /** A Multiboot header, when the image has one. `wantsInformation`: it asks a boot loader for more than this machine provides. */
  readonly multiboot: { readonly flags: number; readonly wantsInformation: boolean } | null;
  /** Flat protected mode, where it begins otherwise than below a plain ELF image. */
  readonly start?: ProtectedStart;
}
