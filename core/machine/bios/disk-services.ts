// INT 13h: sectors by cylinder, head and sector, and by logical block where the drive is a hard disk.
// IBM "Personal Computer AT Technical Reference": "Diskette BIOS"; Phoenix "Enhanced Disk Drive Specification" 1.1.

import { DS, EAX, EBX, ECX, EDI, EDX, ES, ESI } from '../../cpu/state.ts';
import { installSegment } from '../../cpu/segmentation.ts';
import type { BiosCall } from './call.ts';
import { DISK_STATUS } from './data-area.ts';
import type { DiskContents } from '../disks/contents.ts';
import { SECTOR_BYTES } from '../disks/disk.ts';
import { driveOf, FIRST_HARD_DISK } from '../disks/drives.ts';
import { DISKETTE_PARAMETERS, ROM_LINEAR, ROM_SEGMENT } from './rom.ts';

const OK = 0, BAD_COMMAND = 0x01, NOT_FOUND = 0x04;
const DH = 6, CH = 5, CL = 1, DL = 2, BL = 3;
const TYPE_DISKETTE = 1, TYPE_HARD_DISK = 3, DRIVE_144 = 4;
const EXTENSIONS_MAGIC = 0x55aa, EXTENSIONS_PRESENT = 0xaa55, EXTENSIONS_VERSION = 0x21, PACKET_ACCESS = 1;
/** AH = 15h and 41h tell something in AH when they succeed. */
const ANSWERS_IN_AH = [0x15, 0x41];
const PACKET_BYTES = 16, PARAMETERS_BYTES = 26;

/** Serves INT 13h. */
export function serveDisk(call: BiosCall): void {
  const { ah } = call;
  const drive = driveOf(call.devices.drives, call.cpu.get8(DL));
  const status = ah === 0x01 ? call.readLinear(DISK_STATUS, 1)[0]! : drive !== null ? serve(call, drive, ah) : ah === 0x15 ? noDrive(call) : BAD_COMMAND;
  if (ANSWERS_IN_AH.includes(ah) && status === OK) return;
  call.ah = status;
  call.carry = status !== OK;
  call.writeLinear(DISK_STATUS, Uint8Array.of(status));
}

function serve(call: BiosCall, drive: DiskContents, ah: number): number {
  switch (ah) {
    case 0x00: case 0x0d: return OK;
    case 0x02: return moveSectors(call, drive, 'read');
    case 0x03: return moveSectors(call, drive, 'write');
    case 0x04: return moveSectors(call, drive, 'verify');
    case 0x08: return tellGeometry(call, drive);
    case 0x15: return tellType(call, drive);
    case 0x41: return tellExtensions(call);
    case 0x42: return movePacket(call, drive, 'read');
    case 0x43: return movePacket(call, drive, 'write');
    case 0x44: return movePacket(call, drive, 'verify');
    case 0x48: return tellParameters(call, drive);
  }
  return call.refuse();
}

/** What becomes of sectors and memory. */
type Move = 'read' | 'write' | 'verify';

function moveSectors(call: BiosCall, drive: DiskContents, move: Move): number {
  const { cpu } = call;
  const cylinder = cpu.get8(CH) | ((cpu.get8(CL) & 0xc0) << 2);
  const first = drive.disk.blockOf({ cylinder, head: cpu.get8(DH), sector: cpu.get8(CL) & 0x3f });
  const status = call.al === 0 ? BAD_COMMAND : moveBlocks(call, drive, { move, first, count: call.al, linear: cpu.segmentBase(ES) + cpu.get16(EBX) });
  if (status !== OK) call.al = 0;
  return status;
}

interface Blocks { readonly move: Move; readonly first: number; readonly count: number; readonly linear: number }

function moveBlocks(call: BiosCall, drive: DiskContents, { move, first, count, linear }: Blocks): number {
  if (!drive.has(first, count)) return NOT_FOUND;
  if (move === 'write') drive.write(first, call.readLinear(linear, count * SECTOR_BYTES));
  else if (move === 'read') call.writeLinear(linear, drive.read(first, count)!);
  return OK;
}

function tellGeometry(call: BiosCall, { disk }: DiskContents): number {
  const { cpu } = call;
  const { cylinders, heads, sectors } = disk.geometry;
  const last = Math.min(cylinders, 1024) - 1;
  cpu.set16(EAX, 0);
  cpu.set8(BL, disk.isFloppy ? DRIVE_144 : 0);
  cpu.set16(ECX, ((last & 0xff) << 8) | ((last >>> 2) & 0xc0) | sectors);
  cpu.set16(EDX, ((heads - 1) << 8) | (disk.isFloppy ? 1 : call.devices.drives.hardDisks.length));
  if (disk.isFloppy) {
    installSegment(cpu, ES, ROM_SEGMENT, cpu.segmentRights(ES), cpu.segmentLimit(ES), ROM_LINEAR);
    cpu.set16(EDI, DISKETTE_PARAMETERS);
  }
  return OK;
}

function tellType(call: BiosCall, { disk }: DiskContents): number {
  const { cpu } = call;
  call.ah = disk.isFloppy ? TYPE_DISKETTE : TYPE_HARD_DISK;
  if (!disk.isFloppy) {
    cpu.set16(ECX, disk.sectorCount >>> 16);
    cpu.set16(EDX, disk.sectorCount);
  }
  call.carry = false;
  return OK;
}

// AH = 15h answers AH = 0 without an error where there is no drive
function noDrive(call: BiosCall): number {
  call.ah = 0;
  call.carry = false;
  return OK;
}

const hasExtensions = ({ cpu }: BiosCall): boolean => cpu.get8(DL) >= FIRST_HARD_DISK;

function tellExtensions(call: BiosCall): number {
  if (!hasExtensions(call) || call.cpu.get16(EBX) !== EXTENSIONS_MAGIC) return BAD_COMMAND;
  call.cpu.set16(EBX, EXTENSIONS_PRESENT);
  call.cpu.set16(ECX, PACKET_ACCESS);
  call.ah = EXTENSIONS_VERSION;
  call.carry = false;
  return OK;
}

function movePacket(call: BiosCall, drive: DiskContents, move: Move): number {
  if (!hasExtensions(call)) return BAD_COMMAND;
  const bytes = call.read(DS, call.cpu.get16(ESI), PACKET_BYTES);
  const packet = new DataView(bytes.buffer);
  if (bytes[0]! < PACKET_BYTES) return BAD_COMMAND;
  const first = packet.getUint32(8, true) + packet.getUint32(12, true) * 0x1_0000_0000;
  return moveBlocks(call, drive, { move, first, count: packet.getUint16(2, true), linear: packet.getUint16(6, true) * 16 + packet.getUint16(4, true) });
}

function tellParameters(call: BiosCall, { disk }: DiskContents): number {
  if (!hasExtensions(call)) return BAD_COMMAND;
  const { cpu } = call;
  const bytes = new Uint8Array(PARAMETERS_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, PARAMETERS_BYTES, true);
  view.setUint16(2, 2, true);
  view.setUint32(4, disk.geometry.cylinders, true);
  view.setUint32(8, disk.geometry.heads, true);
  view.setUint32(12, disk.geometry.sectors, true);
  view.setUint32(16, disk.sectorCount, true);
  view.setUint16(24, SECTOR_BYTES, true);
  call.write(DS, cpu.get16(ESI), bytes);
  return OK;
}
