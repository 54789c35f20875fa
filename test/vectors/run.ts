// npm run vectors [-- [--verbose] FOLDER...]: tests recorded from a real processor, run on ours. Without a folder: those beside the checkout;
// when they are not there, that is said and nothing is run. Exit 0 when none failed, 1 when one did or a waiver is too wide, 2 for a folder
// that is not there or files that cannot be read.

import { parseArgs } from 'node:util';
import { DEFAULT_FOLDER, isFolder, vectorFiles } from './files.ts';
import { Guest } from './guest.ts';
import { readTests } from './moo.ts';
import { reportOf } from './report.ts';
import { isGood, newTally, runTests } from './suite.ts';

function refuse(why: string): never {
  console.error(`vectors: ${why}; usage: npm run vectors -- [--verbose] [FOLDER...]`);
  process.exit(2);
}

function readOptions(): { readonly isVerbose: boolean; readonly folders: readonly string[] } {
  try {
    const { values, positionals } = parseArgs({ options: { verbose: { type: 'boolean', default: false } }, allowPositionals: true });
    return { isVerbose: values.verbose, folders: positionals };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

const { isVerbose, folders } = readOptions();
const missing = folders.find((folder) => !isFolder(folder));
if (missing !== undefined) refuse(`there is no folder ${missing}`);
if (folders.length === 0 && !isFolder(DEFAULT_FOLDER)) {
  console.log(`vectors: SKIPPED, NOTHING WAS RUN: the recordings are not beside this checkout (${DEFAULT_FOLDER}); name a folder that has them`);
  process.exit(0);
}

const tally = newTally(), guest = new Guest();
let files = 0;
for (const folder of folders.length === 0 ? [DEFAULT_FOLDER] : folders) {
  for (const { name, content } of vectorFiles(folder)) {
    files += 1;
    try {
      runTests(guest, readTests(name, content), tally);
    } catch (error) {
      if (!(error instanceof Error && (error instanceof RangeError || 'code' in error))) throw error;
      refuse(`${name} cannot be read: ${error.message}`);
    }
    if (process.stderr.isTTY) process.stderr.write(`${String(tally.run)} tests        \r`);
  }
}
if (files === 0) refuse('no file there ends in .MOO or .MOO.gz');
console.log(`vectors: ${String(files)} files\n${reportOf(tally, { isVerbose })}`);
process.exit(isGood(tally) ? 0 : 1);
