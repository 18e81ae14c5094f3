// Twenty work orders with the same cause share one question, and one answer lets all of them continue (R-ESC-5).

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { failureOfAgent } from '../../domain/agents/agent-failure.ts';
import { memberRows, refusedMemberIn } from '../../domain/agents/refused-member.ts';
import { ConfigurationError, type MooseError, TransientError } from '../../domain/failure.ts';
import { systemClock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { ifDue } from '../background/jobs/if-due.fixture.ts';
import { askEscalations } from '../commands/answers/ask-escalations.ts';
import { cancel } from '../commands/cancel.ts';
import { retry } from '../commands/start-run.ts';
import { endRun } from '../pipeline/failure/end-run.ts';
import type { AgentReport } from '../ports/agent.ts';
import { endedOutagesJob } from '../recovery/outage.ts';
import type { Work } from '../run/work.ts';
import { scratchWork } from '../scratch-work.fixture.ts';
import { believedReport } from '../workplace/login/session-way.ts';
import { sharedCauseOf } from './ask-human.ts';

const about = { component: 'models', operation: 'createModel', advice: 'Say what it costs.' };
const unpriced = (model: string) =>
  new ConfigurationError({
    ...about,
    code: 'MODEL_UNPRICED',
    message: `The price of ${model} is unknown.`,
    metadata: { model },
  });

/** A work order whose run ends with this failure. */
async function stoppedBy(database: Database, failure: MooseError): Promise<Work> {
  const work = await scratchWork(database, { step: 'routing' });
  await endRun(work, { end: 'review', failure: failure });
  return work;
}

const asked = (database: Database, statuses: readonly ('open' | 'withdrawn' | 'resolved')[] = ['open']) =>
  database.query
    .selectFrom('escalations')
    .select(['id', 'workOrderId', 'groupKey', 'status', 'options', 'title'])
    .where('status', 'in', statuses)
    .execute();

const facing = (database: Database) => askEscalations({ database, clock: systemClock, actor: 'human:ada' });

test('R-ESC-5: one model without a price stops many work orders: one question, and one answer resumes all', async () => {
  const database = await testDatabase();
  const works: Work[] = [];
  for (let count = 0; count < 20; count++) works.push(await stoppedBy(database, unpriced('openai/new')));
  const other = await stoppedBy(database, unpriced('openai/other'));
  const open = await asked(database);
  expect(open).toHaveLength(2);
  const shared = open.find(({ groupKey }) => groupKey === 'cause:price:openai/new');
  expect(shared?.title).toMatch(/^The price of openai\/new is unknown/);
  expect(open.find(({ workOrderId }) => workOrderId === other.order.id)).toBeDefined();
  const [first] = works;
  if (!first) throw new Error('None was stopped');
  // Every work order leads to the shared question, including the first one, which had its own.
  for (const { order } of works) expect((await facing(database).one(order.id)).id).toBe(shared?.id);
  expect((await theWorkOrder(database, first.order.id)).status).toBe('failed');
  await facing(database).answer(first.order.id, 'retry');
  for (const { order } of works)
    expect(await theWorkOrder(database, order.id)).toMatchObject({
      status: 'in_progress',
      step: 'routing',
      run: 2,
    });
  expect((await theWorkOrder(database, other.order.id)).status).toBe('failed');
  expect(await asked(database)).toHaveLength(1);
});

test('R-ESC-5: work orders that end at the same moment share one question too', async () => {
  const database = await testDatabase();
  const works = await Promise.all(
    Array.from({ length: 6 }, () => scratchWork(database, { step: 'routing' })),
  );
  await Promise.all(works.map((work) => endRun(work, { end: 'review', failure: unpriced('openai/new') })));
  expect(await asked(database)).toMatchObject([{ groupKey: 'cause:price:openai/new', workOrderId: null }]);
});

test('R-ESC-5: a work order that continues in another way leaves the question, and the last one ends it', async () => {
  const database = await testDatabase();
  const deps = { database, clock: systemClock };
  const [one, two] = [await stoppedBy(database, unpriced('a/b')), await stoppedBy(database, unpriced('a/b'))];
  const job = ifDue(database, endedOutagesJob(database));
  await retry(
    deps,
    await theWorkOrder(database, one.order.id),
    { model: 'c/d', from: 'routing' },
    'human:ada',
  );
  await job.run(one.signal);
  expect(await asked(database)).toHaveLength(1);
  await cancel(deps, await theWorkOrder(database, two.order.id), 'human:ada');
  await job.run(one.signal);
  expect(await asked(database)).toEqual([]);
});

test('R-ESC-5: three work orders with one revoked login raise one question, about the login', async () => {
  const database = await testDatabase();
  const named = { agent: 'claude-code', title: 'Claude Code', said: 'OAuth token revoked', status: 401 };
  const report = { failure: failureOfAgent({ ...named, kind: 'authentication' }) } as AgentReport;
  const { failure } = believedReport(report, 'login');
  if (failure === null) throw new Error('The login was refused.');
  for (let count = 0; count < 3; count++) await stoppedBy(database, failure);
  const open = await asked(database);
  expect(open).toMatchObject([{ groupKey: 'cause:login:claude-code' }]);
  expect(open[0]?.title).toContain('The login that claude-code uses was refused');
  expect(`${failure.message} ${failure.advice}`).not.toMatch(/base URL/);
  expect(failure.advice).toContain('moose agents login claude-code');
  // With a key, there is a key to check.
  expect(believedReport(report, 'gateway').failure?.code).toBe('AGENT_AUTHENTICATION');
});

test('R-ESC-5: a different cause is a separate question', async () => {
  const database = await testDatabase();
  const failure = new ConfigurationError({ ...about, code: 'NOT_SHARED', message: 'It alone.' });
  for (let count = 0; count < 3; count++) await stoppedBy(database, failure);
  expect((await asked(database)).map(({ groupKey }) => groupKey)).toEqual([null, null, null]);
});

const away = (remoteUrl: string) =>
  new TransientError({ ...about, code: 'REMOTE_UNREACHABLE', message: 'Away.', metadata: { remoteUrl } });

test.each<[string, MooseError, string | null]>([
  ['https', away('https://git.example.org:8443/a/b.git'), 'cause:host:git.example.org:8443'],
  ['ssh', away('ssh://git@git.example.org/a/b.git'), 'cause:host:git.example.org'],
  ['the short form of ssh', away('git@git.example.org:a/b.git'), 'cause:host:git.example.org'],
  ['a folder', away('/srv/git/a.git'), 'cause:host:/srv/git/a.git'],
  ['a model', unpriced('openai/x'), 'cause:price:openai/x'],
  [
    'an agent',
    new ConfigurationError({
      ...about,
      code: 'AGENT_PROGRAM_MISSING',
      message: 'x',
      metadata: { agent: 'codex' },
    }),
    'cause:agent:codex',
  ],
  [
    'a login',
    new ConfigurationError({
      ...about,
      code: 'AGENT_LOGIN_REFUSED',
      message: 'x',
      metadata: { agent: 'claude-code' },
    }),
    'cause:login:claude-code',
  ],
  [
    'a key that its provider refuses',
    new ConfigurationError({
      ...about,
      code: 'AGENT_AUTHENTICATION',
      message: 'x',
      metadata: { agent: 'pi', provider: 'openai' },
    }),
    'cause:refused-key:openai',
  ],
  [
    'a credential that a forge refuses',
    new ConfigurationError({
      ...about,
      code: 'FORGE_CREDENTIALS_REFUSED',
      message: 'x',
      metadata: { host: 'git.example.org' },
    }),
    'cause:forge:git.example.org',
  ],
  ['nothing that is named', new ConfigurationError({ ...about, code: 'MODEL_UNPRICED', message: 'x' }), null],
])('R-ESC-5: what counts as one cause: %s', (_, failure, key) => {
  expect(sharedCauseOf(failure)?.key ?? null).toBe(key);
});

test('R-ESC-5: work orders of one agent that a new member of its requests stops have one cause, whatever their words', () => {
  const words = fc.stringMatching(/^[a-z ]{0,60}$/);
  fc.assert(
    fc.property(
      fc.constantFrom(...memberRows),
      words,
      words,
      fc.constantFrom(400, 422),
      (row, before, after, status) => {
        const failed = (kind: 'bad_request' | 'refused_feature', said: string) =>
          failureOfAgent({ agent: 'claude-code', title: 'Claude Code', kind, said, status });
        const one = failed('bad_request', `${before} ${row.sample}`);
        const other = failed('refused_feature', `${row.sample} ${after}`);
        for (const failure of [one, other])
          expect(failure).toMatchObject({
            code: 'AGENT_MEMBER_REFUSED',
            category: 'permanent',
            metadata: { member: refusedMemberIn(row.sample) },
          });
        expect(sharedCauseOf(one)).toEqual(sharedCauseOf(other));
        expect(sharedCauseOf(one)?.title).toContain(String(refusedMemberIn(row.sample)));
      },
    ),
  );
});
