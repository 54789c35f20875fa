// INT 13h: sectors by cylinder, head and sector, and by logical block where the drive is a hard disk. Nothing can be written.
// IBM "Personal Computer AT Technical Reference": "Diskette BIOS"; Phoenix "Enhanced Disk Drive Specification" 1.1.

import { DS, EAX, EBX, ECX, EDI, EDX, ES, ESI } from '../../cpu/state.ts';
import { installSegment } from '../../cpu/segmentation.ts';
import type { BiosCall } from './call.ts';
import { DISK_STATUS } from './data-area.ts';
import { FIRST_HARD_DISK, SECTOR_BYTES } from './disk.ts';
import { DISKETTE_PARAMETERS, ROM_LINEAR, ROM_SEGMENT } from './rom.ts';

const OK = 0, BAD_COMMAND = 0x01, WRITE_PROTECTED = 0x03, NOT_FOUND = 0x04;
const DH = 6, CH = 5, CL = 1, DL = 2, BL = 3;
const TYPE_DISKETTE = 1, TYPE_HARD_DISK = 3, DRIVE_144 = 4;
const EXTENSIONS_MAGIC = 0x55aa, EXTENSIONS_PRESENT = 0xaa55, EXTENSIONS_VERSION = 0x21, PACKET_ACCESS = 1;
/** AH = 15h and 41h tell something in AH when they succeed. */
const ANSWERS_IN_AH = [0x15, 0x41];
const PACKET_BYTES = 16, PARAMETERS_BYTES = 26;

/** Serves INT 13h. */
export function serveDisk(call: BiosCall): void {
  const { ah } = call;
  const status = ah === 0x01 ? call.readLinear(DISK_STATUS, 1)[0]! : isPresent(call) ? serve(call, ah) : ah === 0x15 ? noDrive(call) : BAD_COMMAND;
  if (ANSWERS_IN_AH.includes(ah) && status === OK) return;
  call.ah = status;
  call.carry = status !== OK;
  call.writeLinear(DISK_STATUS, Uint8Array.of(status));
}

const isPresent = ({ cpu, disk }: BiosCall): boolean => cpu.get8(DL) === disk.drive;

function serve(call: BiosCall, ah: number): number {
  switch (ah) {
    case 0x00: case 0x0d: return OK;
    case 0x02: return readSectors(call, { isVerify: false });
    case 0x03: case 0x43: return WRITE_PROTECTED;
    case 0x04: return readSectors(call, { isVerify: true });
    case 0x08: return tellGeometry(call);
    case 0x15: return tellType(call);
    case 0x41: return tellExtensions(call);
    case 0x42: return readPacket(call);
    case 0x48: return tellParameters(call);
  }
  return call.refuse();
}

function readSectors(call: BiosCall, { isVerify }: { readonly isVerify: boolean }): number {
  const { cpu, disk } = call;
  const cylinder = cpu.get8(CH) | ((cpu.get8(CL) & 0xc0) << 2);
  const count = call.al;
  const first = disk.blockOf({ cylinder, head: cpu.get8(DH), sector: cpu.get8(CL) & 0x3f });
  const bytes = count === 0 ? null : disk.read(first, count);
  if (bytes === null) {
    call.al = 0;
    return count === 0 ? BAD_COMMAND : NOT_FOUND;
  }
  if (!isVerify) call.write(ES, cpu.get16(EBX), bytes);
  return OK;
}

function tellGeometry(call: BiosCall): number {
  const { cpu, disk } = call;
  const { cylinders, heads, sectors } = disk.geometry;
  const last = Math.min(cylinders, 1024) - 1;
  cpu.set16(EAX, 0);
  cpu.set8(BL, disk.isFloppy ? DRIVE_144 : 0);
  cpu.set16(ECX, ((last & 0xff) << 8) | ((last >>> 2) & 0xc0) | sectors);
  cpu.set16(EDX, ((heads - 1) << 8) | 1);
  if (disk.isFloppy) {
    installSegment(cpu, ES, ROM_SEGMENT, cpu.segmentRights(ES), cpu.segmentLimit(ES), ROM_LINEAR);
    cpu.set16(EDI, DISKETTE_PARAMETERS);
  }
  return OK;
}

function tellType(call: BiosCall): number {
  const { cpu, disk } = call;
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

const hasExtensions = ({ disk }: BiosCall): boolean => disk.drive >= FIRST_HARD_DISK;

function tellExtensions(call: BiosCall): number {
  if (!hasExtensions(call) || call.cpu.get16(EBX) !== EXTENSIONS_MAGIC) return BAD_COMMAND;
  call.cpu.set16(EBX, EXTENSIONS_PRESENT);
  call.cpu.set16(ECX, PACKET_ACCESS);
  call.ah = EXTENSIONS_VERSION;
  call.carry = false;
  return OK;
}

function readPacket(call: BiosCall): number {
  if (!hasExtensions(call)) return BAD_COMMAND;
  const bytes = call.read(DS, call.cpu.get16(ESI), PACKET_BYTES);
  const packet = new DataView(bytes.buffer);
  if (bytes[0]! < PACKET_BYTES) return BAD_COMMAND;
  const first = packet.getUint32(8, true) + packet.getUint32(12, true) * 0x1_0000_0000;
  const read = call.disk.read(first, packet.getUint16(2, true));
  if (read === null) return NOT_FOUND;
  call.writeLinear(packet.getUint16(6, true) * 16 + packet.getUint16(4, true), read);
  return OK;
}

function tellParameters(call: BiosCall): number {
  if (!hasExtensions(call)) return BAD_COMMAND;
  const { cpu, disk } = call;
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
