import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import { systemClock } from '../../../stdx/clock.ts';
import { changeWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { send } from '../send.ts';
import { retry } from '../start-run.ts';
import type { Submission } from './submission.ts';
import { submit } from './submit.ts';

const shared = sharedDatabase();
const deps = () => ({ database: shared(), clock: systemClock });
const ask = (given: Partial<Submission>) =>
  submit(deps(), { title: 'Format', repositoryPath: scratchRepository().path, ...given }, 'human:ada');

test('R-AGENT-2: the command is stored as it was given, and its change is never refined', async () => {
  const { order } = await ask({ command: ' npx prettier --write "src/**" ' });
  expect(order.settings).toEqual({ command: 'npx prettier --write "src/**"' });
  expect(order.refinementCyclesMax).toBe(0);
});

test.each<[string, Partial<Submission>, string, RegExp]>([
  ['nothing', { command: ' ' }, 'COMMAND_INVALID', /empty/],
  ['a NUL character', { command: 'a\0b' }, 'COMMAND_INVALID', /NUL/],
  ['too many characters', { command: 'x'.repeat(4_097) }, 'COMMAND_INVALID', /4097/],
  ['an agent', { command: 'true', agent: 'codex' }, 'COMMAND_INVALID', /an agent/],
  ['a model', { command: 'true', model: 'p/m' }, 'COMMAND_INVALID', /a model/],
  ['candidates', { command: 'true', bestOf: 2 }, 'COMMAND_INVALID', /several candidates/],
  [
    'more repositories',
    { command: 'true', alsoIn: [{ project: 'x' }] },
    'COMMAND_INVALID',
    /more repositories/,
  ],
  [
    'a secret',
    { command: 'curl -H "Authorization: Bearer ghp_0123456789abcdefghijklmnopqrstuvwxyzAB" x' },
    'SECRET_IN_COMMAND',
    /redacted/,
  ],
])(
  'R-AGENT-2: a command with %s is refused in words, and nothing is stored',
  async (_, given, code, message) => {
    const stored = () => shared().query.selectFrom('workOrders').select('id').execute();
    const before = await stored();
    await expect(ask(given)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await stored()).toEqual(before);
  },
);

test('R-AGENT-2: fear: a message or another agent is taken for a command, and nobody reads it', async () => {
  const { order } = await ask({ command: 'true' });
  const refused = { code: 'COMMAND_HAS_NO_AGENT' };
  await expect(send(deps(), order, { text: 'Use tabs.' }, 'human:ada')).rejects.toMatchObject(refused);
  const by = { changedBy: 'human:ada', changedBecause: 'test' };
  const { query } = shared();
  await changeWorkOrder(query, order.id, {}, { status: 'in_progress', step: 'routing', ...by });
  await changeWorkOrder(query, order.id, {}, { status: 'failed', stepState: 'done', ...by });
  await query.updateTable('runs').set({ state: 'ended', outcome: 'X', endedAt: new Date() }).execute();
  const stopped = await query
    .selectFrom('workOrders')
    .selectAll()
    .where('id', '=', order.id)
    .executeTakeFirstOrThrow();
  for (const options of [{ agent: 'codex' }, { model: 'p/m' }, { note: 'Use tabs.' }])
    await expect(retry(deps(), stopped, options, 'human:ada'), JSON.stringify(options)).rejects.toMatchObject(
      refused,
    );
  await retry(deps(), stopped, { from: 'routing' }, 'human:ada');
  const again = await query.selectFrom('workOrders').select('refinementCyclesMax').executeTakeFirstOrThrow();
  expect(again.refinementCyclesMax).toBe(0);
});
