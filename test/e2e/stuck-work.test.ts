// Work that hangs in the real pipeline is found, explained, reported to a person, stopped with its process, and started
// again.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { stopStandingRun } from '../../src/engine/watch/stop-standing-run.ts';
import { watchStuckWork } from '../../src/engine/watch/stuck-work-job.ts';
import { findStuck } from '../../src/engine/watch/stuck-work-orders.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import { openGround } from './ground.fixture.ts';

const hourMs = 3_600_000;

test('R-UI-3: work with a hanging check is stuck, leads to a question after a day, and continues after a restart', async () => {
  const ground = await openGround();
  onTestFinished(() => ground.close());
  const { moose, database } = ground.opened;
  const { engine } = ground.config;
  const limits = { ...engine, ...engine.stuck };
  const gate = join(ground.shared, 'gate');
  const command = `test -e '${gate}' || exec sleep 600`;
  const { id } = await ground.submit({ checks: [{ kind: 'test', command, source: 'given' }] });
  await expect
    .poll(async () =>
      (await moose.workOrders.sessionsOf(id)).some(
        ({ purpose, state }) => purpose === 'check' && state === 'running',
      ),
    )
    .toBe(true);
  expect(await moose.stuck()).toEqual([]);
  const in3h = new Date(Date.now() + 3 * hourMs);
  const [stuck] = await database.run((query) => findStuck(query, limits, in3h));
  expect(stuck).toMatchObject({
    isStuck: true,
    why: expect.stringMatching(/^The check 1-test has been running on \S+ for 3 h, but/),
    lastProgress: { what: expect.stringMatching(/^(applying done|a verified fact|a commit)/) },
  });
  await watchStuckWork({ database, limits, clock: { now: () => new Date(Date.now() + 25 * hourMs) } });
  const [question] = await moose.escalations.list();
  expect(question?.title).toMatch(/has made no progress for 25 h: The check 1-test/);
  const [session] = (await moose.workOrders.sessionsOf(id)).filter(({ purpose }) => purpose === 'check');
  await stopStandingRun(
    { database, clock: systemClock, host: engine.host },
    await moose.find(id),
    'human:ada',
  );
  expect((await moose.workOrders.sessionsOf(id)).find((one) => one.id === session?.id)?.state).toBe(
    'stopped',
  );
  await writeFile(gate, '');
  await moose.retry(id, { from: 'verifying' });
  expect(await ground.settled(id)).toMatchObject({ status: 'completed' });
  expect((await moose.escalations.list()).length).toBe(0);
});

test('R-PIPE-13: moose stuck and moose health name work that no process takes up', async () => {
  const ground = await openGround({ MOOSE_STUCK_SHOWN_MS: '1' }, { works: false });
  onTestFinished(() => ground.close());
  const { moose } = ground.opened;
  const { id, title } = await ground.submit();
  await expect.poll(async () => (await moose.stuck()).length).toBe(1);
  expect(await moose.stuck()).toMatchObject([
    {
      id,
      title,
      status: 'pending',
      is_stuck: true,
      last_progress: null,
      why: 'No Moose process is running.',
      unblock: expect.stringContaining('`moose up`'),
    },
  ]);
  expect((await moose.health()).stuckWorkOrders).toEqual([
    { id, title, status: 'pending', stuck_hours: 0, updated_at: expect.any(String) },
  ]);
});
