#!/usr/bin/env node
// The bin `ringscope`. In a checkout it first builds the command line when a source is newer; where there are no sources
// (an installed package) it only runs it.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => new URL(`../${path}`, import.meta.url);
if (existsSync(fileURLToPath(at('app/cli/main.ts')))) {
  try {
    const { buildIfStale, isStale } = await import('./build.mjs');
    if (isStale('cli')) {
      if (process.stderr.isTTY) process.stderr.write('building ringscope…\r');
      await buildIfStale(['cli']);
      if (process.stderr.isTTY) process.stderr.write('                   \r');
    }
  } catch (error) {
    process.stderr.write(`error: ${error.message.includes("'vite'") ? 'the tools that build the command line are missing: run npm ci' : error.message}\n`);
    process.exit(2);
  }
}
await import(at('dist/cli.mjs').href);
