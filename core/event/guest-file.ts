// Files a guest is given besides its image: what they are for, and their bytes. A recording embeds them, so that it can be executed again.

/**
 * `initrd`: the initial RAM disk of a Linux kernel. `module`: a boot module; its `name` is the module's command line. `disk`: what the first
 * disk drive holds. `symbols`: names for people, never seen by the guest.
 */
export const FILE_ROLES = ['initrd', 'module', 'disk', 'symbols'] as const;
export type FileRole = (typeof FILE_ROLES)[number];

export interface GuestFile {
  readonly role: FileRole;
  /** A file name without its folder; of a module its command line. */
  readonly name: string;
  readonly bytes: Uint8Array;
}
/** Most files of one recording, and most characters of a name or command line. */
export const FILES_MAX = 64, FILE_NAME_MAX = 2048;
