// Small helpers of the other scripts: run a program, end with one line.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs a program in the project's folder; answers its exit status (1 when a signal ended it) and, with `quiet`, its output.
 * SIGINT and SIGTERM are passed on.
 */
export function run(command, args, { quiet = false, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit' });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => { output += text; });
    const pass = (signal) => child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, pass);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      for (const name of ['SIGINT', 'SIGTERM']) process.off(name, pass);
      resolve({ status: code ?? (signal === null ? 0 : 1), output });
    });
  });
}

/** Ends with the error's message as one line on stderr; the stack only with DEBUG set. */
export function fail(error) {
  process.stderr.write(`${process.env['DEBUG'] ? error.stack : `error: ${error.message}`}\n`);
  process.exit(1);
}
