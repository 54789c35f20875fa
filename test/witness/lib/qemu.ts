// QEMU as a witness: boots the ELF image through its Multiboot header and logs every exception and INT n.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readElf } from './elf.ts';
import { inFolder, missing, run } from './programs.ts';
import { parseQemuLog } from './qemu-log.ts';
import { cpuFor } from './scenario-cpus.ts';
import type { WitnessRun } from './witness-event.ts';

/** Why QEMU cannot witness here, or null. */
export const qemuMissing = (): string | null => missing('qemu-system-i386', 'qemu-system-x86');

const LIMIT_MS = 60_000;
/** isa-debug-exit ends QEMU with (value << 1) | 1; our guests write 0 when all went well. -no-reboot ends it with 0 at a shutdown. */
const EXIT_OK: ReadonlySet<number | null> = new Set([0, 1]);

/** What QEMU saw of the image at `imagePath`. Throws when QEMU fails, does not end or the guest reports an error. */
export async function runQemu(imagePath: string): Promise<WitnessRun> {
  return inFolder(async (folder) => {
    const log = path.join(folder, 'log');
    const serial = path.join(folder, 'serial');
    const result = await run('qemu-system-i386', [
      '-accel', 'tcg', // with a hardware accelerator -d int logs nothing
      '-cpu', cpuFor('qemu', imagePath) ?? 'pentium2', // SYSENTER, as every family 6 processor with SEP has it
      '-machine', 'pc,smm=off', '-m', '64', '-nodefaults', '-display', 'none', '-no-reboot',
      '-kernel', imagePath, '-d', 'int,cpu_reset', '-D', log, '-serial', `file:${serial}`,
      '-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04',
    ], { cwd: folder, limitMs: LIMIT_MS });
    if (!EXIT_OK.has(result.code)) throw new Error(`QEMU ended with ${String(result.code)}: ${result.stderr.trim()}`);
    const image = readElf(readFileSync(imagePath)).segments.map((segment) => ({ first: segment.address, end: segment.address + segment.memoryBytes }));
    const console = existsSync(serial) ? readFileSync(serial, 'latin1') : '';
    return { ...parseQemuLog(existsSync(log) ? readFileSync(log, 'latin1') : '', image), console };
  });
}
