// The tests recorded from a real processor, where they lie beside the checkout: the same run as `npm run vectors`.
import { expect, test } from 'vitest';
import { DEFAULT_FOLDER, isFolder, vectorFiles } from '../vectors/files.ts';
import { Guest } from '../vectors/guest.ts';
import { readTests } from '../vectors/moo.ts';
import { reportOf } from '../vectors/report.ts';
import { isGood, newTally, runTests } from '../vectors/suite.ts';

const isHere = isFolder(DEFAULT_FOLDER);

test.skipIf(!isHere)(`every recorded test passes or is excused by a waiver${isHere ? '' : ` (skipped: no recordings at ${DEFAULT_FOLDER})`}`, () => {
  const tally = newTally(), guest = new Guest();
  for (const { name, content } of vectorFiles(DEFAULT_FOLDER)) runTests(guest, readTests(name, content), tally);
  console.log(reportOf(tally, { isVerbose: false }));
  expect(isGood(tally)).toBe(true);
});
