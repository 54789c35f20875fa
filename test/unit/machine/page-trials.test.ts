// Pre-flights of PAE paging: what they try, and that the processor's own check is what fails.

import { expect, test } from 'vitest';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { movToCr } from '../../../core/cpu/control-registers.ts';
import { noExecuteTrials, pdpteTrials } from '../../../core/machine/reexecution/page-trials.ts';
import { enablePae, mapPaePage, PAE_DIRECTORY, PAE_TABLE, POINTERS, storeEntry, XD } from '../cpu/pae-world.ts';
import { newWorld, outcome, store32, type World } from '../cpu/world.ts';

function tried({ cpu }: World, trials: typeof noExecuteTrials): readonly string[] {
  return trials(cpu).map((trial) => outcome(() => { trial.prepare(cpu); trial.run(cpu); }));
}

test('a page whose entry has bit 63 set, in the table or in the directory, while EFER.NXE is 0', () => {
  const world = newWorld();
  enablePae(world);
  expect(tried(world, noExecuteTrials)).toEqual([]);
  mapPaePage(world, 0x5000, 0x5007, XD);
  expect(tried(world, noExecuteTrials)).toEqual(['#PF(0x9) page-table-nxe']);
  storeEntry(world, PAE_DIRECTORY, PAE_TABLE | 7, XD);
  expect(tried(world, noExecuteTrials)).toEqual(['#PF(0x9) page-directory-nxe']);
  world.cpu.setRegister(registerOffset('efer'), 0x800, 0);
  expect(tried(world, noExecuteTrials)).toEqual([]);
});

test('an entry that is not present, and 32-bit paging, are left alone', () => {
  const world = newWorld();
  enablePae(world);
  mapPaePage(world, 0x5000, 0x5006, XD);
  expect(tried(world, noExecuteTrials)).toEqual([]);
  movToCr(world.cpu, 4, 0);
  expect(tried(world, noExecuteTrials)).toEqual([]);
});

test('the PDPTEs, while paging is off', () => {
  const world = newWorld();
  enablePae(world);
  expect(tried(world, pdpteTrials)).toEqual([]);
  movToCr(world.cpu, 0, 0x11);
  expect(tried(world, pdpteTrials)).toEqual(['ok']);
  store32(world, POINTERS, 3);
  expect(tried(world, pdpteTrials)).toEqual(['#GP(0x0) pdpte-reserved']);
});
