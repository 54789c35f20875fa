// Bochs as a witness: runs the image from a ROM of ours (rom.ts), so that no firmware comes before it.
// Debian's Bochs has its debugger compiled in: it waits for a command, hence the command file that says "continue".

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isOver, parseBochsLog } from './bochs-log.ts';
import { firstExisting, inFolder, missing, ROOT, run } from './programs.ts';
import { wrapIntoRom } from './rom.ts';
import { cpuFor } from './scenario-cpus.ts';
import type { WitnessRun } from './witness-event.ts';

/** Why Bochs cannot witness here, or null. nasm assembles the ROM's loader. */
export const bochsMissing = (): string | null => missing('bochs', 'bochs') ?? missing('nasm', 'nasm');

const LIMIT_MS = 60_000;
/** The loader around the image, for nasm. */
export const LOADER = path.join(ROOT, 'test/witness/lib/loader.asm');
const VIDEO_BIOS = ['/usr/share/bochs/VGABIOS-lgpl-latest', '/usr/share/seabios/vgabios-stdvga.bin', '/usr/share/vgabios/vgabios.bin'];

/**
 * The configuration of a machine with `rom`, `log` and `serial` in the current folder. Bochs will not start without a display and a
 * video BIOS; `rfb` needs no screen, and nothing here draws. With the debug console (port 0xE9, on Bochs's stdout) the
 * log keeps no events, and the processor is of our model's age: what it does not know raises #UD.
 */
export const bochsConfiguration = ({ hasDebugConsole, rom, model = hasDebugConsole ? 'p3_katmai' : 'corei7_sandy_bridge_2600k' }: { readonly hasDebugConsole: boolean; readonly rom: Buffer; readonly model?: string }): string => `config_interface: textconfig
display_library: rfb, options="timeout=0"
romimage: file=rom, address=0x${(0x1_0000_0000 - rom.length).toString(16)}
vgaromimage: file=${firstExisting(VIDEO_BIOS)}
cpu: model=${model}, count=1, ips=100000000, reset_on_triple_fault=0
memory: guest=64, host=64
boot: floppy
log: log
logprefix: %t%e%d
panic: action=fatal
error: action=report
info: action=report
debug: action=ignore${hasDebugConsole ? '' : ', cpu0=report'}
com1: enabled=1, mode=file, dev=serial
port_e9_hack: enabled=${hasDebugConsole ? '1' : '0'}
clock: sync=none
mouse: enabled=0
speaker: enabled=0
sound: driver=dummy
`;

/** What the ELF guest prints to port 0xE9 under Bochs. Throws when Bochs fails or the guest does not end. */
export async function printedByBochs(image: Buffer, limitMs: number): Promise<string> {
  return inFolder(async (folder) => {
    const file = (name: string): string => path.join(folder, name);
    const read = (name: string): string => (existsSync(file(name)) ? readFileSync(file(name), 'latin1') : '');
    const assembled = await run('nasm', ['-f', 'bin', '-o', file('loader'), LOADER], { cwd: folder, limitMs: LIMIT_MS });
    if (assembled.code !== 0) throw new Error(`nasm could not assemble loader.asm: ${assembled.stderr.trim()}`);
    const rom = wrapIntoRom(image, readFileSync(file('loader')));
    writeFileSync(file('rom'), rom);
    writeFileSync(file('bochsrc'), bochsConfiguration({ hasDebugConsole: true, rom }));
    writeFileSync(file('commands'), 'c\n');
    const result = await run('bochs', ['-q', '-f', 'bochsrc', '-rc', 'commands'], { cwd: folder, limitMs, isDone: () => isOver(read('log')) });
    if (!isOver(read('log'))) throw new Error(`Bochs ended with ${String(result.code)} before the guest did: ${read('log').slice(-300)}`);
    return result.stdout;
  });
}

/** What Bochs saw of the image at `imagePath`. Throws when Bochs fails or the guest does not end. */
export async function runBochs(imagePath: string): Promise<WitnessRun> {
  return inFolder(async (folder) => {
    const file = (name: string): string => path.join(folder, name);
    const read = (name: string): string => (existsSync(file(name)) ? readFileSync(file(name), 'latin1') : '');
    const assembled = await run('nasm', ['-f', 'bin', '-o', file('loader'), LOADER], { cwd: folder, limitMs: LIMIT_MS });
    if (assembled.code !== 0) throw new Error(`nasm could not assemble loader.asm: ${assembled.stderr.trim()}`);
    const rom = wrapIntoRom(readFileSync(imagePath), readFileSync(file('loader')));
    const model = cpuFor('bochs', imagePath);
    writeFileSync(file('rom'), rom);
    writeFileSync(file('bochsrc'), bochsConfiguration({ hasDebugConsole: false, rom, ...(model === null ? {} : { model }) }));
    writeFileSync(file('commands'), 'c\n');
    const result = await run('bochs', ['-q', '-f', 'bochsrc', '-rc', 'commands'], { cwd: folder, limitMs: LIMIT_MS, isDone: () => isOver(read('log')) });
    const log = read('log');
    if (!isOver(log)) throw new Error(`Bochs ended with ${String(result.code)} before the guest did: ${result.stderr.slice(-300) || log.slice(-300)}`);
    return { ...parseBochsLog(log), console: read('serial') };
  });
}
