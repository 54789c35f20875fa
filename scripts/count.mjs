// `.ci/run`'s counter: `reset` before the suites, `total` prints the closing line and fails when something failed or nothing ran.
import { closingLine, resetCounts, total } from './suites.mjs';

if (process.argv[2] === 'reset') resetCounts();
else {
  const sum = total();
  console.log(closingLine(sum));
  process.exit(sum.failed === 0 && sum.passed > 0 ? 0 : 1);
}
