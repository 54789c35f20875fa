// Steps by single instructions: those asked for while one is under way become one, and none is taken after the last was asked for.
import { expect, test } from 'vitest';
import { FLOAT_WORDS } from '../../core/arch/float-file.ts';
import { REGISTER_FILE_WORDS } from '../../core/arch/register-file.ts';
import type { ReexecuteReply, ReexecuteRequest } from '../../core/event/reexecutor.ts';
import type { Session } from '../../renderer/session/session.svelte.ts';
import { openSession } from './fixtures/session.ts';
import { traceBytes } from './fixtures/trace.ts';

type Step = Extract<ReexecuteRequest, { kind: 'step' }>;

/** A session whose re-executor answers a step when told. */
async function slowly(): Promise<{ readonly session: Session; readonly steps: Step[]; readonly answer: () => void }> {
  const steps: Step[] = [];
  const waiting: (() => void)[] = [];
  const moment = (at: Step['from']): ReexecuteReply => ({
    kind: 'moment', moment: { position: at, registers: new Uint32Array(REGISTER_FILE_WORDS), float: new Uint32Array(FLOAT_WORDS), code: { linear: 0, bytes: new Uint8Array(0) }, stack: { linear: 0, bytes: new Uint8Array(0) }, stopped: null },
  });
  const session = await openSession(traceBytes(), {
    reexecute: (_id, request) => {
      if (request.kind !== 'step') return Promise.resolve(request.kind === 'moment' ? moment(request.at) : { kind: 'not-found' });
      steps.push(request);
      const by = request.direction === 'forward' ? request.count : -request.count;
      return new Promise((resolve) => { waiting.push(() => { resolve(moment({ ...request.from, icount: request.from.icount + by })); }); });
    },
  });
  return { session, steps, answer: () => { waiting.shift()?.(); } };
}

test('a key held down asks for one step at a time, joined; letting it go ends the run', async () => {
  const { session, steps, answer } = await slowly();
  session.goTo(5);
  for (let press = 0; press < 6; press += 1) void session.execution.step('backward');
  expect(steps.map(({ direction, count }) => [direction, count])).toEqual([['backward', 1]]);
  expect(session.busy).toBe(true);
  answer();
  await expect.poll(() => steps.length).toBe(2);
  expect(steps[1]).toMatchObject({ direction: 'backward', count: 5, from: { icount: 39 } });
  answer();
  await expect.poll(() => session.busy).toBe(false);
  expect(session.at.icount).toBe(34);
  expect(steps).toHaveLength(2);
});

test('opposite keys cancel each other, and an hour of key presses is no more than a few steps', async () => {
  const { session, steps, answer } = await slowly();
  session.goTo(5);
  void session.execution.step('backward');
  void session.execution.step('forward');
  void session.execution.step('backward');
  answer();
  await expect.poll(() => session.busy).toBe(false);
  expect(steps).toHaveLength(1);
  for (let press = 0; press < 5000; press += 1) void session.execution.step('backward');
  answer();
  await expect.poll(() => steps.length).toBe(3);
  expect(steps[2]?.count).toBeLessThanOrEqual(16);
  answer();
  await expect.poll(() => session.busy).toBe(false);
});
