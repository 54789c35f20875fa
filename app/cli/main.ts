// Entry of the `ringscope` command: joins run.ts to this process. Bundled to dist/cli.mjs, which scripts/ringscope.mjs imports.

import { nodeIo } from './node-io.ts';
import { main } from './run.ts';

// a reader that went away (`ringscope events … | head`) is no error
process.stdout.on('error', (problem: NodeJS.ErrnoException) => { process.exit(problem.code === 'EPIPE' ? 0 : 2); });
process.exitCode = await main(process.argv.slice(2), nodeIo());
