// INT 15h: the functions by number; what they do is in memory-services.ts and time-services.ts. What a BIOS may lack (APM, a mouse, the
// joystick, cassettes) is answered as by one that lacks it.
// IBM "Personal Computer AT Technical Reference": "System Services"; Ralf Brown's list for what came later.

import { EAX, EBX, ES, type Cpu } from '../../cpu/state.ts';
import { installSegment } from '../../cpu/segmentation.ts';
import { EXTENDED_DATA_AREA } from '../memory-map.ts';
import type { BiosCall } from './call.ts';
import { copyMemory, serveA20, tellExtended, tellMap, tellTwoSizes } from './memory-services.ts';
import { CONFIGURATION, ROM_SEGMENT } from './rom.ts';
import { startWait } from './time-services.ts';

const NOT_SUPPORTED = 0x86;

/** Serves INT 15h. */
export function serveSystem(call: BiosCall): void {
  if (serve(call)) return;
  call.ah = NOT_SUPPORTED;
  call.carry = true;
}

/** False for a function that is not there. */
function serve(call: BiosCall): boolean {
  switch (call.cpu.get16(EAX)) {
    case 0xe801: tellTwoSizes(call); return true;
    case 0xe820: return tellMap(call);
  }
  switch (call.ah) {
    case 0x24: return serveA20(call);
    // nobody keeps the key
    case 0x4f: call.carry = true; return true;
    // a medium may be taken out
    case 0x52: call.ah = 0; call.carry = false; return true;
    case 0x86: startWait(call); return true;
    case 0x87: copyMemory(call); return true;
    case 0x88: tellExtended(call); return true;
    // hooks of operating systems: a device is busy, an interrupt has come
    case 0x90: case 0x91: call.carry = false; return true;
    case 0xc0: tellConfiguration(call); return true;
    case 0xc1: point(call.cpu, EXTENDED_DATA_AREA >>> 4); call.carry = false; return true;
  }
  return false;
}

function tellConfiguration(call: BiosCall): void {
  point(call.cpu, ROM_SEGMENT);
  call.cpu.set16(EBX, CONFIGURATION);
  call.ah = 0;
  call.carry = false;
}

/** Loads ES as the caller's mode, real-address or virtual-8086, does. */
function point(cpu: Cpu, segment: number): void {
  installSegment(cpu, ES, segment, cpu.segmentRights(ES), cpu.segmentLimit(ES), segment << 4);
}
