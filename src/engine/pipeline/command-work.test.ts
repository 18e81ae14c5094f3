// A command as the agent of a work order, at each step of the pipeline.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { probeIsolation } from '../../sessions/isolation/probe-isolation.ts';
import { agentOutcomes } from '../../store/figures/agent-outcomes.ts';
import { theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { sessionsOf } from '../../store/work/sessions/session-rows.ts';
import { attemptOf, recordOutcome } from '../learner/outcomes/record-outcome.ts';
import type { StepEnd } from '../run/work.ts';
import { applying } from './applying/applying.ts';
import { failed } from './failure/failed-step.ts';
import { questionOf } from './failure/question-of.ts';
import { pipelineFailures } from './failure-catalogue.ts';
import { generating } from './generating/generating.ts';
import { onRecord } from './on-record.fixture.ts';
import { routing } from './routing/routing.ts';
import { atStep, claimedAgain, decided, type Given, retriedBefore } from './scratch-pipeline.fixture.ts';

const shared = sharedDatabase();

const command = (text: string, given: Given = {}): Given => ({
  ...given,
  orderSettings: { command: text, ...given.orderSettings },
});

const doneOf = <S extends 'applying' | 'routing' | 'generating'>(end: StepEnd<S>) => {
  if (end.end !== 'done') throw new Error(`It ended as ${end.end}`);
  return end;
};

test('R-AGENT-2: routing chooses no model and reserves nothing, whatever the models, agents and limits are', async () => {
  const database = await testDatabase();
  // The envelope of another work order opens the windows of this day and month.
  await atStep(database, 'generating');
  const windows = await database.query.updateTable('budgetWindows').set({ isFrozen: true }).execute();
  expect(Number(windows[0]?.numUpdatedRows)).toBeGreaterThan(0);
  const held = () => database.query.selectFrom('costTracking').select('id').execute();
  const before = await held();
  const { work } = await atStep(database, 'routing', command('true', { agents: [] }));
  const { result } = doneOf(await routing(work));
  expect(result).toMatchObject({ agent: 'command', models: [], envelopeNanoUsd: '0', reservationId: '' });
  expect(work.run.reservationId).toBeNull();
  expect(await held()).toEqual(before);
});

test('R-SEC-2, R-AGENT-2: fear: a repository makes a command the agent of its work orders', async () => {
  const files = { '.moose/config.yml': 'agent: command\n' };
  const { work } = await atStep(shared(), 'routing', { files });
  await expect(routing(work)).rejects.toMatchObject({ code: 'AGENT_UNKNOWN' });
  const named = await atStep(shared(), 'routing', { files: { '.moose/config.yml': 'command: "true"\n' } });
  await expect(routing(named.work)).rejects.toMatchObject({ code: 'PROJECT_CONFIG_INVALID' });
});

test('R-AGENT-2: a command has the time of an agent, unless somebody sets another', async () => {
  const { work } = await atStep(shared(), 'routing', command('true'));
  await routing(work);
  expect((await theWorkOrder(shared(), work.order.id)).timeLimitMs).toBe(30 * 60_000);
});

test('R-AGENT-2: no prompt is written for a command', async () => {
  const { work } = await atStep(shared(), 'generating', command('true', { agents: [] }));
  expect(doneOf(await generating(work)).result).toEqual({
    proposal: null,
    brief: null,
    model: null,
    attempts: 0,
  });
});

test('R-AGENT-2: fear: a command runs on the conflict marks of the base branch', async () => {
  const { work } = await atStep(shared(), 'generating', command('true'));
  work.run.cycle = 1;
  await expect(generating(work)).rejects.toMatchObject({ code: 'COMMAND_IN_CONFLICT' });
});

test('R-AGENT-2: what a command changes is committed, with its own home and without a key', async () => {
  const script = 'printf "%s" "$HOME" > home.txt; env | grep -ci key > keys.txt; echo formatted > made.txt';
  const { work, repository, routed } = await atStep(shared(), 'applying', command(script));
  const { result } = doneOf(await applying(work));
  expect(result).toMatchObject({ outcome: 'changed', agent: 'command', changedFiles: 3 });
  expect(result.summary).toMatch(/^The command ended with exit code 0 after \d/);
  const file = (path: string) => repository.git('show', `${routed.branch}:${path}`);
  expect(file('made.txt')).toBe('formatted');
  expect(file('home.txt')).toContain(work.settings.dataDirectory);
  expect(file('keys.txt')).toBe('0');
  const [session] = await sessionsOf(work.database.query, work.order.id);
  expect(session).toMatchObject({ purpose: 'agent', name: 'command', way: null, exitCode: 0 });
});

test('R-AGENT-2: a command that changes nothing completes its work order, and leaves no worktree and no branch', async () => {
  const at = await atStep(shared(), 'applying', command('true'));
  const { work, repository, routed } = at;
  expect(await applying(work)).toEqual({ end: 'over' });
  expect(await theWorkOrder(shared(), work.order.id)).toMatchObject({
    status: 'completed',
    stepState: 'done',
    failure: null,
    pullRequestUrl: null,
    changedBecause: 'the command changed nothing, so there is no pull request',
  });
  expect(repository.git('branch', '--list', routed.branch)).toBe('');
  expect(repository.git('worktree', 'list').split('\n')).toHaveLength(1);
  expect((await onRecord(work)).sessions).toEqual(['command exited']);
});

test.each(['applying:before-commit', 'applying:committed', 'agent:ended', 'agent:started'])(
  'R-AGENT-2: if Moose dies at %s, the command does not run again, and there is one commit',
  async (diesAt) => {
    const { work, repository, routed, points } = await atStep(
      shared(),
      'applying',
      command('echo once >> made.txt', { diesAt }),
    );
    await expect(applying(work)).rejects.toThrow('Moose died');
    doneOf(await applying(await claimedAgain(work)));
    expect(points.filter((point) => point === 'agent:started')).toHaveLength(1);
    expect(repository.git('show', `${routed.branch}:made.txt`)).toBe('once');
  },
);

test('R-AGENT-2: if Moose dies while it ends a command that changed nothing, the work order still completes', async () => {
  const { work } = await atStep(shared(), 'applying', command('true', { diesAt: 'applying:unchanged' }));
  await expect(applying(work)).rejects.toThrow('Moose died');
  expect(await applying(await claimedAgain(work))).toEqual({ end: 'over' });
  expect(await theWorkOrder(shared(), work.order.id)).toMatchObject({ status: 'completed' });
  expect((await onRecord(work)).sessions).toEqual(['command exited']);
});

test.each<[string, string, Given['settings'] & object, string, RegExp]>([
  [
    'an exit code',
    'echo "no such rule: x" >&2; exit 3',
    {},
    'COMMAND_FAILED',
    /exit code 3: no such rule: x/,
  ],
  [
    'a missing program',
    'echo before; noSuchProgram',
    {},
    'COMMAND_CANNOT_RUN',
    /exit code 127: .*noSuchProgram/,
  ],
  ['no output', 'exit 1', {}, 'COMMAND_FAILED', /exit code 1: it printed nothing/],
  ['a signal', 'kill -KILL $$', {}, 'AGENT_CRASHED', /signal/],
  ['too much output', 'yes', { outputBytesMax: 10_000 }, 'COMMAND_FAILED', /too much output/],
])(
  'R-AGENT-2: %s is a failure that says what the command said',
  async (_, script, settings, code, message) => {
    const { work } = await atStep(
      shared(),
      'applying',
      command(`echo half > made.txt; ${script}`, { settings }),
    );
    await expect(applying(work)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  },
);

test('R-AGENT-2: a command that takes longer than its limit is stopped, however quiet it is', async () => {
  const { work } = await atStep(
    shared(),
    'applying',
    command('sleep 60', { settings: { silenceMsMax: 100 } }),
  );
  work.order.timeLimitMs = 1_000;
  await expect(applying(work)).rejects.toMatchObject({ code: 'AGENT_TIMED_OUT' });
});

test('R-GO-2, R-AGENT-2: a failed command gets one fresh attempt, and then a person is asked', async () => {
  const { work } = await atStep(shared(), 'applying', command('exit 1'));
  const failure = () =>
    pipelineFailures.COMMAND_FAILED('apply', { command: 'exit 1', exitCode: 1, line: 'it printed nothing' });
  expect(await failed(work, 'applying', failure())).toBe('go on');
  expect(await theWorkOrder(shared(), work.order.id)).toMatchObject({ stepState: 'retrying' });
  const again = await claimedAgain(work);
  await retriedBefore(again, 'COMMAND_FAILED', 1);
  expect(await decided(failed, again, 'applying', failure())).toBe('stop');
  expect((await theWorkOrder(shared(), work.order.id)).failure).toMatchObject({ code: 'COMMAND_FAILED' });
});

test('R-AGENT-2: red checks go to a person, and not back to the command', async () => {
  const { work } = await atStep(shared(), 'verifying', command('true'));
  work.order.refinementCyclesMax = 0;
  const failure = pipelineFailures.CHECK_FAILED_MARKS('verify', { message: 'It is red.' });
  expect(await failed(work, 'verifying', failure)).toMatchObject({
    end: 'review',
    because: 'the command would make the same change again',
  });
  const { options } = await questionOf(work, failure, { because: '', isParked: false, isEmpty: false });
  const kinds = options.map(({ kind }) => kind);
  expect(kinds).toContain('retry');
  expect(kinds).not.toContain('refine');
  expect(kinds).not.toContain('other_agent');
  expect(kinds).not.toContain('other_model');
});

test('R-AGENT-2: a retry whose command finds its own change unchanged keeps that change', async () => {
  const { work } = await atStep(shared(), 'verifying', command('echo new > made.txt'));
  const { result } = doneOf(await applying(work));
  expect(result).toMatchObject({ outcome: 'changed', changedFiles: 0 });
});

test('R-AGENT-2: no statistic of agents or models counts a command', async () => {
  const { work } = await atStep(shared(), 'applying', command('true'));
  await recordOutcome(work.database.query, attemptOf(work), {
    success: false,
    failureClass: 'unknown',
    errorContext: null,
    fault: 'work',
  });
  expect(await agentOutcomes(work.database.query, new Date(0))).toEqual([]);
});

const { level } = await probeIsolation();
const isolated = test.skipIf(level === 'none');

/** Asks for the host through the proxy of the session, as package managers do. */
const asks = (host: string) =>
  `node -e 'const { get } = require("node:http"); const { port } = new URL(process.env.HTTP_PROXY);
    get({ port, host: "127.0.0.1", path: "http://${host}/" }, (answer) => { answer.pipe(process.stdout); process.exitCode = answer.statusCode === 200 ? 0 : 1; })'`;

async function packages(): Promise<string> {
  const server = createServer((_, answer) => answer.end('a package'));
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `localhost:${(server.address() as AddressInfo).port}`;
}

isolated('R-SEC-6, R-AGENT-2: a command reaches what the setup of the project reaches', async () => {
  const host = await packages();
  const settings = { isolation: 'auto' } as const;
  const { work, repository, routed } = await atStep(
    shared(),
    'applying',
    command(`${asks(host)} > made.txt`, { settings }),
  );
  work.project.settings.private_hosts = [host];
  doneOf(await applying(work));
  expect(repository.git('show', `${routed.branch}:made.txt`)).toBe('a package');
});

isolated('R-SEC-6, R-AGENT-2: fear: a command reaches a host that nobody has allowed', async () => {
  const host = await packages();
  const settings = { isolation: 'auto' } as const;
  const { work } = await atStep(shared(), 'applying', command(asks(host), { settings }));
  await expect(applying(work)).rejects.toMatchObject({
    code: 'EGRESS_REFUSED',
    category: 'configuration',
    advice: expect.stringContaining(`--private-host ${host}`),
  });
});
