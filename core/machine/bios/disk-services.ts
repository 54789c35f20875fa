// INT 13h: sectors by cylinder, head and sector, and by logical block where the drive is a hard disk. What a function answers, to errors and
// to what it does not know as well, is what the BIOS of QEMU's `pc` answers.
// IBM "Personal Computer AT Technical Reference": "Diskette BIOS"; Phoenix "Enhanced Disk Drive Specification" 3.0.

import { DS, EBX, ECX, EDI, EDX, ES, ESI } from '../../cpu/state.ts';
import { installSegment } from '../../cpu/segmentation.ts';
import type { DiskContents } from '../disks/contents.ts';
import { blockIn, SECTOR_BYTES } from '../disks/disk.ts';
import { driveOf, FIRST_HARD_DISK } from '../disks/drives.ts';
import type { BiosCall } from './call.ts';
import { DISKETTE_STATUS, HARD_DISK_STATUS } from './data-area.ts';
import { DISKETTE_PARAMETERS, ROM_LINEAR, ROM_SEGMENT } from './rom.ts';

const OK = 0, BAD_COMMAND = 0x01, CHANGED = 0x06, BAD_TRACK = 0x0c, NOT_REMOVABLE = 0xb2;
const AL = 0, DH = 6, CH = 5, CL = 1, DL = 2;
const TYPE_DISKETTE = 1, TYPE_HARD_DISK = 3;
/** What AH = 08 says a diskette drive takes, by sectors of a track. */
const DRIVE_KINDS = new Map([[9, 1], [15, 2], [18, 4], [36, 5]]);
/** Most sectors of one call by cylinder, head and sector: more would not fit behind an offset. */
const COUNT_MAX = 128;
const EXTENSIONS_PRESENT = 0xaa55, EXTENSIONS_VERSION = 0x30, PACKET_LOCKING_PARAMETERS = 7;
const PACKET_BYTES = 16, PACKET_COUNT = 2, PARAMETERS_BYTES = 26, GEOMETRY_IS_VALID = 2;

/** Serves INT 13h. */
export function serveDisk(call: BiosCall): void {
  const number = call.cpu.get8(DL), isHardDisk = number >= FIRST_HARD_DISK;
  const drive = driveOf(call.devices.drives, number);
  if (drive === null) {
    finish(call, BAD_COMMAND);
    for (const status of [DISKETTE_STATUS, HARD_DISK_STATUS]) call.writeLinear(status, Uint8Array.of(BAD_COMMAND));
    return;
  }
  const place = isHardDisk ? HARD_DISK_STATUS : DISKETTE_STATUS;
  if (call.ah === 0x01) {
    finish(call, call.readLinear(place, 1)[0]!);
    return;
  }
  const status = serve(call, drive) ?? (isHardDisk ? serveHardDisk(call, drive) : serveDiskette(call));
  if (status === TOLD_IN_AH) call.carry = false;
  else finish(call, status);
  call.writeLinear(place, Uint8Array.of(status === TOLD_IN_AH ? OK : status));
}
/** It went well, and AH holds something else than the status. */
const TOLD_IN_AH = -1;

function finish(call: BiosCall, status: number): void {
  call.ah = status;
  call.carry = status !== OK;
}

/** What both kinds of drives have; null for a function that is not there. */
function serve(call: BiosCall, drive: DiskContents): number | null {
  switch (call.ah) {
    case 0x00: return OK;
    case 0x02: return moveSectors(call, drive, 'read');
    case 0x03: return moveSectors(call, drive, 'write');
    case 0x04: return moveSectors(call, drive, 'verify');
    case 0x05: return call.refuse();
    case 0x08: return tellGeometry(call, drive);
    case 0x15: return tellType(call, drive);
  }
  return null;
}

function serveDiskette(call: BiosCall): number {
  return call.ah === 0x16 ? CHANGED : BAD_COMMAND;
}

function serveHardDisk(call: BiosCall, drive: DiskContents): number {
  switch (call.ah) {
    case 0x09: case 0x0c: case 0x0d: case 0x10: case 0x11: case 0x14: case 0x45: case 0x49: return OK;
    case 0x41: return tellExtensions(call);
    case 0x42: return movePacket(call, drive, 'read');
    case 0x43: return movePacket(call, drive, 'write');
    case 0x44: case 0x47: return movePacket(call, drive, 'verify');
    case 0x46: return NOT_REMOVABLE;
    case 0x48: return tellParameters(call, drive);
  }
  return BAD_COMMAND;
}

/** What becomes of sectors and memory. */
type Move = 'read' | 'write' | 'verify';

function moveSectors(call: BiosCall, drive: DiskContents, move: Move): number {
  const { cpu } = call;
  const cylinder = cpu.get8(CH) | ((cpu.get8(CL) & 0xc0) << 2), count = call.al;
  const first = blockIn(drive.disk.geometry, { cylinder, head: cpu.get8(DH), sector: cpu.get8(CL) & 0x3f });
  if (first < 0 || count === 0 || count > COUNT_MAX) return BAD_COMMAND;
  const moved = moveBlocks(call, drive, { move, first, count, linear: cpu.segmentBase(ES) + cpu.get16(EBX) });
  call.al = moved;
  return moved === count ? OK : BAD_TRACK;
}

interface Blocks { readonly move: Move; readonly first: number; readonly count: number; readonly linear: number }

/** How many were moved: of a read that goes beyond the end, those that are there; of a write then none. */
function moveBlocks(call: BiosCall, drive: DiskContents, { move, first, count, linear }: Blocks): number {
  if (move === 'verify') return count;
  if (move === 'write') return drive.write(first, call.readLinear(linear, count * SECTOR_BYTES)) ? count : 0;
  const there = Math.max(0, Math.min(count, drive.disk.sectorCount - first));
  call.writeLinear(linear, drive.read(first, there) ?? new Uint8Array());
  return there;
}

// a hard disk's last cylinder is kept for the manufacturer, as it ever was
function tellGeometry(call: BiosCall, { disk }: DiskContents): number {
  const { cpu } = call;
  const { cylinders, heads, sectors } = disk.geometry;
  const last = Math.min(cylinders, 1024) - (disk.isFloppy ? 1 : 2);
  cpu.set8(AL, 0);
  cpu.set16(ECX, ((last & 0xff) << 8) | ((last >>> 2) & 0xc0) | sectors);
  cpu.set16(EDX, ((heads - 1) << 8) | (disk.isFloppy ? 1 : call.devices.drives.hardDisks.length));
  if (disk.isFloppy) {
    cpu.set16(EBX, DRIVE_KINDS.get(sectors) ?? 0);
    installSegment(cpu, ES, ROM_SEGMENT, cpu.segmentRights(ES), cpu.segmentLimit(ES), ROM_LINEAR);
    cpu.set16(EDI, DISKETTE_PARAMETERS);
  }
  return OK;
}

function tellType(call: BiosCall, { disk }: DiskContents): number {
  const { cpu } = call;
  call.ah = disk.isFloppy ? TYPE_DISKETTE : TYPE_HARD_DISK;
  if (!disk.isFloppy) {
    const { cylinders, heads, sectors } = disk.geometry;
    const count = (cylinders - 1) * heads * sectors;
    cpu.set16(ECX, count >>> 16);
    cpu.set16(EDX, count);
  }
  return TOLD_IN_AH;
}

function tellExtensions(call: BiosCall): number {
  call.cpu.set16(EBX, EXTENSIONS_PRESENT);
  call.cpu.set16(ECX, PACKET_LOCKING_PARAMETERS);
  call.ah = EXTENSIONS_VERSION;
  return TOLD_IN_AH;
}

function movePacket(call: BiosCall, drive: DiskContents, move: Move): number {
  const bytes = call.read(DS, call.cpu.get16(ESI), PACKET_BYTES);
  const packet = new DataView(bytes.buffer);
  const first = packet.getUint32(8, true) + packet.getUint32(12, true) * 0x1_0000_0000, count = packet.getUint16(PACKET_COUNT, true);
  if (first >= drive.disk.sectorCount) return BAD_COMMAND;
  const moved = moveBlocks(call, drive, { move, first, count, linear: packet.getUint16(6, true) * 16 + packet.getUint16(4, true) });
  if (moved === count) return OK;
  call.write(DS, call.cpu.get16(ESI) + PACKET_COUNT, Uint8Array.of(moved & 0xff, moved >>> 8));
  return BAD_TRACK;
}

function tellParameters(call: BiosCall, { disk }: DiskContents): number {
  const { cpu } = call;
  const [low, high] = call.read(DS, cpu.get16(ESI), 2);
  if ((low! | (high! << 8)) < PARAMETERS_BYTES) return BAD_COMMAND;
  const bytes = new Uint8Array(PARAMETERS_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, PARAMETERS_BYTES, true);
  view.setUint16(2, GEOMETRY_IS_VALID, true);
  view.setUint32(4, disk.geometry.cylinders, true);
  view.setUint32(8, disk.geometry.heads, true);
  view.setUint32(12, disk.geometry.sectors, true);
  view.setUint32(16, disk.sectorCount, true);
  view.setUint16(24, SECTOR_BYTES, true);
  call.write(DS, cpu.get16(ESI), bytes);
  return OK;
}
