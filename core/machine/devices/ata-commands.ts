// The commands an ATA drive knows here, by number: which way their data goes, how they address, and what those without data do. Everything
// else, all DMA and packet commands among it, is aborted, as a drive without them does.
// ANSI "AT Attachment with Packet Interface - 6": "Command descriptions".

import { COUNT, DEVICE_HEAD, FEATURES, MULTIPLE_MAX, type AddressForm, type AtaDrive } from './ata-drive.ts';

/** `read`, `write`: sectors, `isMultiple` in blocks. `verify`: a read that moves nothing. `act`: false refuses. `slow`: as `act`, and the drive is busy for a while. */
export type AtaCommand =
  | ({ readonly kind: 'read' | 'write'; readonly isMultiple: boolean } & AddressForm)
  | ({ readonly kind: 'verify' } & AddressForm)
  | { readonly kind: 'identify' | 'diagnose' }
  | { readonly kind: 'act' | 'slow'; readonly act: (drive: AtaDrive) => boolean };

const nothing = (): boolean => true;
const move = (kind: 'read' | 'write', form: { readonly isMultiple?: boolean; readonly isExtended?: boolean } = {}): AtaCommand => ({ kind, isMultiple: form.isMultiple === true, isExtended: form.isExtended === true });
const act = (run: (drive: AtaDrive) => boolean = nothing): AtaCommand => ({ kind: 'act', act: run });
const ATA_MODE_PIO_MAX = 1, POWER_IS_ON = 0xff, SET_TRANSFER_MODE = 0x03;
/** Write cache on and off, read-ahead on and off, power and noise management, settings kept or not at a reset. */
const FEATURES_ACCEPTED: ReadonlySet<number> = new Set([0x02, 0x82, 0x55, 0xaa, 0x05, 0x85, 0x42, 0xc2, 0x66, 0xcc, 0x69, 0x67, 0x96, 0x9a]);

const COMMANDS: ReadonlyMap<number, AtaCommand> = new Map([
  [0x10, act()], [0x70, act()],
  [0x20, move('read')], [0x21, move('read')], [0x24, move('read', { isExtended: true })], [0x29, move('read', { isMultiple: true, isExtended: true })], [0xc4, move('read', { isMultiple: true })],
  [0x30, move('write')], [0x31, move('write')], [0x34, move('write', { isExtended: true })], [0x39, move('write', { isMultiple: true, isExtended: true })], [0xc5, move('write', { isMultiple: true })],
  [0x40, { kind: 'verify', isExtended: false }], [0x41, { kind: 'verify', isExtended: false }], [0x42, { kind: 'verify', isExtended: true }],
  [0x27, act((drive) => tellLast(drive, { isExtended: true }))], [0xf8, act((drive) => tellLast(drive, { isExtended: false }))],
  [0x90, { kind: 'diagnose' }], [0x91, act(setGeometry)], [0xc6, act(setMultiple)], [0xec, { kind: 'identify' }], [0xef, act(setFeatures)],
  [0xe7, { kind: 'slow', act: nothing }], [0xea, { kind: 'slow', act: nothing }],
  // standby, idle and sleep, by their old and their new numbers
  ...[0x94, 0x95, 0x96, 0x97, 0x99, 0xe0, 0xe1, 0xe2, 0xe3, 0xe6].map((code) => [code, act()] as const), [0x98, act(tellPower)], [0xe5, act(tellPower)],
] as const);

/** The command of a number; null for one that is aborted. */
export function ataCommand(code: number): AtaCommand | null {
  return COMMANDS.get(code) ?? null;
}

function tellLast(drive: AtaDrive, form: AddressForm): boolean {
  drive.tell(drive.contents!.disk.sectorCount - 1, drive.current[COUNT]!, form);
  return true;
}

function tellPower(drive: AtaDrive): boolean {
  drive.current[COUNT] = POWER_IS_ON;
  return true;
}

function setGeometry(drive: AtaDrive): boolean {
  const sectors = drive.current[COUNT]!;
  if (sectors === 0) return false;
  drive.heads = (drive.device & DEVICE_HEAD) + 1;
  drive.sectors = sectors;
  return true;
}

// 0, or a power of two up to the limit
function setMultiple(drive: AtaDrive): boolean {
  const wanted = drive.current[COUNT]!;
  if (wanted > MULTIPLE_MAX || (wanted & (wanted - 1)) !== 0) return false;
  drive.multiple = wanted;
  return true;
}

function setFeatures({ current }: AtaDrive): boolean {
  return current[FEATURES] === SET_TRANSFER_MODE ? current[COUNT]! >>> 3 <= ATA_MODE_PIO_MAX : FEATURES_ACCEPTED.has(current[FEATURES]!);
}
