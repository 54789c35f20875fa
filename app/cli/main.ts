// Entry of the `ringscope` command: joins run.ts to this process. Bundled to dist/cli.mjs, which scripts/ringscope.mjs imports.

import { nodeIo, reasonOf } from './node-io.ts';
import { main } from './run.ts';

// a reader that went away (`ringscope events … | head`) is no error
process.stdout.on('error', (problem: NodeJS.ErrnoException) => {
  if (problem.code === 'EPIPE') process.exit(0);
  process.stderr.write(`error: cannot write standard output: ${reasonOf(problem)}\n`);
  process.exit(2);
});
process.exitCode = await main(process.argv.slice(2), nodeIo());
