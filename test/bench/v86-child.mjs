// One benchmark run on v86, in a process of its own: node v86-child.mjs IMAGE jit|nojit. The guest's debug console (port 0xE9)
// goes to stdout at once, a byte a write; the parent times it and ends this process.
import { readFileSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { V86 } from 'v86';

const [, , image, mode] = process.argv;
const file = readFileSync(image);
const emulator = new V86({
  wasm_path: fileURLToPath(new URL('v86.wasm', import.meta.resolve('v86'))),
  multiboot: { buffer: file.buffer.slice(file.byteOffset, file.byteOffset + file.length) },
  memory_size: 32 << 20,
  autostart: false,
  disable_jit: mode === 'nojit',
  disable_keyboard: true, disable_mouse: true, disable_speaker: true,
});
await new Promise((resolve) => emulator.add_listener('emulator-ready', resolve));
emulator.v86.cpu.io.register_write(0xe9, { name: 'debug console' }, (byte) => writeSync(1, String.fromCharCode(byte)));
emulator.run();
