import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { newId } from '../../../domain/ids.ts';
import { until } from '../../../stdx/async/until.fixture.ts';
import { theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import { sessionsOf } from '../../../store/work/sessions/session-rows.ts';
import { send } from '../../commands/send.ts';
import { feedbackFor } from '../../run/feedback.ts';
import type { Work } from '../../run/work.ts';
import { beginAgain } from '../../workplace/begin-again.ts';
import { worktreePathOf } from '../../workplace/worktree/worktree-path.ts';
import { onRecord } from '../on-record.fixture.ts';
import { atStep, claimedAgain, type Given, type Ground, leave } from '../scratch-pipeline.fixture.ts';
import { scriptedAgent } from '../scripted-agent.fixture.ts';
import { verifying } from '../verifying/verifying.ts';
import { applying } from './applying.ts';
import { isTurnKept, watchTurn } from './interrupted-turn.ts';

const shared = sharedDatabase();
const ada = 'human:ada';

/** The first turn writes a file and an ignored one, and then works for a minute; the next turn ends immediately. */
const slow = `if [ -e half.txt ]; then echo next > made.txt; echo says success made it; exit; fi
echo half > half.txt; echo ignored > kept.log; sleep 60`;

const ground = (script = slow, given: Given = {}) =>
  atStep(shared(), 'applying', {
    agents: [scriptedAgent(script, { writesCode: true })],
    files: { '.gitignore': '*.log\n' },
    ...given,
  });

const say = (work: Work, text: string, now = true) => send(work, work.order, { text, now }, ada);

async function atWork({ work }: Ground): Promise<void> {
  await expect.poll(async () => (await onRecord(work)).sessions).toContain('scripted running');
}

/** The next cycle: its prompt has the messages so far. */
async function nextCycle(work: Work, end: Awaited<ReturnType<typeof applying>>): Promise<Work> {
  if (end.end !== 'again') throw new Error(`It ended as ${end.end}`);
  await beginAgain(work, 'applying', end);
  const again = await claimedAgain(work);
  const rows = await work.database.query
    .selectFrom('workOrderEvents')
    .select('id')
    .where('workOrderId', '=', work.order.id)
    .where('kind', '=', 'message')
    .execute();
  const messageIds = rows.map(({ id }) => String(id));
  await leave(again, 'generating', { proposal: null, brief: 'b', model: null, attempts: 0, messageIds });
  await work.database.query
    .updateTable('workOrders')
    .set({ step: 'applying' })
    .where('id', '=', work.order.id)
    .execute();
  return { ...again, order: await theWorkOrder(work.database, work.order.id) };
}

test('R-PROJ-10: a message to be read at once ends the turn, and the next cycle goes on with its files', async () => {
  const at = await ground();
  const { work, repository, routed } = at;
  const ended = applying(work);
  await atWork(at);
  expect(await say(work, 'Use UTC.')).toBe('now');
  const end = await ended;
  expect(end).toMatchObject({ end: 'again', because: 'ada sent a message to be read at once' });
  const [session] = await sessionsOf(work.database.query, work.order.id);
  expect(session).toMatchObject({ state: 'stopped', endReason: 'interrupted' });
  const found = await onRecord(work);
  expect([found.errors, found.effects.includes('session undone')]).toEqual([[], true]);
  const again = await nextCycle(work, end);
  expect(again.run).toMatchObject({ cycle: 1, stepAttempt: 0 });
  expect(await applying(again)).toMatchObject({
    end: 'done',
    result: { outcome: 'changed', changedFiles: 2 },
  });
  expect(repository.git('show', `${routed.branch}:half.txt`)).toBe('half');
});

test.each(['agent:started', 'agent:ended'])(
  'fear: Moose dies at %s, and the message ends no turn, or two of them',
  async (diesAt) => {
    const at = await ground(slow, { diesAt });
    const first = applying(at.work).catch((cause: unknown) => cause);
    await expect.poll(() => at.points).toContain('agent:started');
    await say(at.work, 'Use UTC.');
    expect(await first).toMatchObject({ message: 'Moose died' });
    const second = await claimedAgain(at.work);
    const again = await nextCycle(second, await applying(second));
    expect(await applying(again)).toMatchObject({ end: 'done', result: { outcome: 'changed' } });
    expect((await onRecord(at.work)).sessions).toEqual(['scripted stopped', 'scripted exited']);
  },
);

test('a message that was sent before the agent began starts the next cycle without it', async () => {
  const { work } = await ground();
  await say(work, 'Use UTC.');
  expect(await applying(work)).toMatchObject({ end: 'again', keepsFailure: true });
  expect((await onRecord(work)).sessions).toEqual([]);
});

test('a message that can wait does not end the turn', async () => {
  const at = await ground('until [ -e ../go ]; do sleep 0.05; done; echo x > made.txt; echo says success');
  const ended = applying(at.work);
  await atWork(at);
  expect(await say(at.work, 'Use UTC.', false)).toBe('next_cycle');
  const [session] = await sessionsOf(at.work.database.query, at.work.order.id);
  await until('two looks', async () => Date.now() - (session?.startedAt?.getTime() ?? 0) > 2_500);
  writeFileSync(`${at.work.settings.dataDirectory}/worktrees/go`, '');
  expect(await ended).toMatchObject({ end: 'done' });
});

test('fear: the leftovers of another turn, or of another agent, become part of the change', async () => {
  const at = await ground();
  const { work } = at;
  const agent = scriptedAgent('', { writesCode: true });
  const place = { worktreePath: await worktreePathOf(work), isNew: false };
  expect(await isTurnKept(work, agent, 1, place)).toBe(false);
  const ended = applying(work);
  await atWork(at);
  await say(work, 'Use UTC.');
  const again = await nextCycle(work, await ended);
  expect(await isTurnKept(again, agent, 1, place)).toBe(true);
  expect(await isTurnKept(again, { ...agent, name: 'other' }, 1, place)).toBe(false);
  expect(await isTurnKept(again, agent, 1, { ...place, isNew: true })).toBe(false);
});

test('what an interrupted cycle was to repair is in the next prompt too', async () => {
  const { work } = await ground();
  const feedback = { summary: 'It was red.', output: '', failureClass: 'test_fail', tried: null };
  await leave(work, 'verifying', { feedback });
  work.run.cycle = 1;
  await leave(work, 'generating', { proposal: null });
  work.run.cycle = 2;
  expect(await feedbackFor(work)).toEqual({ ...feedback, triedBefore: ['Write new (It was red.)'] });
});

test('a watch that fails stops no agent, and is logged', async () => {
  // Without a prompt, nobody knows which messages are unread.
  const { work } = await atStep(shared(), 'generating');
  const warned: unknown[] = [];
  const logger = {
    ...work.logger,
    warn: (fields: unknown) => warned.push(fields),
  } as unknown as Work['logger'];
  const watch = watchTurn(
    { ...work, logger },
    scriptedAgent('', { writesCode: true }),
    { id: newId(new Date()), directory: '/nowhere', name: 'claude-code' },
    { callsModels: false },
  );
  await until('a warning', async () => warned.length > 0);
  expect(warned).toMatchObject([{ err: { code: 'STEP_RESULT_MISSING' } }]);
  expect(watch.verdict()).toBeNull();
  await watch.close();
});

test('fear: an urgent message throws away a proposal that is paid for', async () => {
  const { work } = await atStep(shared(), 'applying');
  await say(work, 'Use UTC.');
  expect(await applying(work)).toMatchObject({ end: 'done', result: { outcome: 'changed' } });
});

test('an urgent message after the turn of the agent starts the next cycle before any check', async () => {
  const { work } = await atStep(shared(), 'verifying');
  expect(await say(work, 'Use UTC.')).toBe('next_cycle');
  const end = await verifying(work);
  expect(end).toEqual({ end: 'again', because: 'ada sent a message to be read at once' });
  expect((await onRecord(work)).sessions).toEqual([]);
});
