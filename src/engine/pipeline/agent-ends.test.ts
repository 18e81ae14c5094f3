// Every way in which an agent's session can end, and the resulting end of the step.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import type { MooseError } from '../../domain/failure.ts';
import type { ProcessHandle } from '../../sessions/process-handle.ts';
import { until } from '../../stdx/async/until.fixture.ts';
import type { Database } from '../../store/database.ts';
import { newestArtifact } from '../../store/work/sessions/artifacts.ts';
import { sessionsOf } from '../../store/work/sessions/session-rows.ts';
import { defaultRecoveryPolicies } from '../policy/default-policies.ts';
import { decideRecovery } from '../policy/recovery-policy.ts';
import type { Agent } from '../ports/agent.ts';
import { openCallLedger } from '../run/budget/open-call-ledger.ts';
import { withRetry } from '../run/step-history.ts';
import type { StepEnd } from '../run/work.ts';
import { applying } from './applying/applying.ts';
import { questionOf } from './failure/question-of.ts';
import { onRecord } from './on-record.fixture.ts';
import { atStep, type Given, type Ground, leave, proposalOf } from './scratch-pipeline.fixture.ts';
import { scriptedAgent } from './scripted-agent.fixture.ts';
import { scriptedModel } from './scripted-model.fixture.ts';

const shared = sharedDatabase();

const anAgent = (script: string, given?: Parameters<typeof scriptedAgent>[1]) => ({
  agents: [scriptedAgent(script, given)],
});

const good = 'echo new > made.txt; echo says success made it';

const ground = (script: string, given: Given = {}) =>
  atStep(shared(), 'applying', { ...anAgent(script), ...given });

/** The work order's branch in git: the subject of each commit, newest first. */
const commitsOf = ({ repository, routed }: Ground) =>
  repository.git('log', '--format=%s', `${routed.baseSha}..${routed.branch}`).split('\n').filter(Boolean);

const doneOf = (end: StepEnd<'applying'>) => {
  if (end.end !== 'done') throw new Error(`It ended as ${end.end}`);
  return end;
};

test.each<[string, Partial<Given['settings']> & object, number, string, string]>([
  ['its time is up', {}, 300, 'AGENT_TIMED_OUT', 'timeout'],
  ['it has been silent for too long', { silenceMsMax: 300 }, 60_000, 'AGENT_SILENT', 'silent'],
])(
  'R-SES-6: an agent is stopped if %s, and none of its processes continues',
  async (_, settings, timeLimitMs, code, stoppedBecause) => {
    const { work } = await ground('echo half > made.txt; sleep 60', { settings });
    work.order.timeLimitMs = timeLimitMs;
    await expect(applying(work)).rejects.toMatchObject({
      code,
      failureClass: 'timeout',
      metadata: { stoppedBecause },
    });
    expect((await onRecord(work)).sessions).toEqual(['scripted stopped']);
  },
);

const coder = { writesCode: true } satisfies Partial<Agent>;

test('R-GO-2: an agent that never begins is stopped within its start limit', async () => {
  const { work } = await ground('sleep 60', { ...anAgent('sleep 60', coder), settings: { startMsMax: 200 } });
  await expect(applying(work)).rejects.toMatchObject({
    code: 'AGENT_SILENT',
    metadata: { stoppedBecause: 'silent' },
  });
});

test('R-GO-2: fear: an agent that has begun is stopped by its start limit', async () => {
  const script = 'echo here >&2; sleep 3; echo new > made.txt; echo says success made it';
  const { work } = await ground(script, { ...anAgent(script, coder), settings: { startMsMax: 1_000 } });
  await expect(applying(work)).resolves.toMatchObject({ end: 'done' });
});

test.each<[string, string, string, object]>([
  ['a module that is missing', 'echo "Error: Cannot find module \'zod\'" >&2; exit 1', "module 'zod'", {}],
  [
    'a full disk',
    'echo "ENOSPC: no space left on device, write" >&2; exit 1',
    'no space left',
    { kind: 'disk' },
  ],
  [
    'a program that is missing',
    'echo "sh: 1: rg: not found" >&2; exit 127',
    'rg: not found',
    { kind: 'program' },
  ],
  [
    'its own program, which the sandbox does not show',
    'echo "moose: cannot start /opt/agent: No such file or directory" >&2; exit 127',
    'cannot start /opt/agent',
    { kind: 'program' },
  ],
])(
  'R-GO-2: an agent that ends because of %s is named as one that cannot run',
  async (_, script, said, lack) => {
    const { work } = await ground(script);
    await expect(applying(work)).rejects.toMatchObject({
      code: 'AGENT_CANNOT_RUN',
      category: 'configuration',
      message: expect.stringContaining(said),
      metadata: { agent: 'scripted', ...(Object.keys(lack).length > 0 ? { lack } : {}) },
    });
  },
);

test('R-GO-2: fear: what a tool of the agent printed is taken for the reason of a crash', async () => {
  const { work } = await ground('echo \'{"text": "Error: Cannot find module zod"}\'; exit 1');
  await expect(applying(work)).rejects.toMatchObject({ code: 'AGENT_CRASHED' });
});

test('R-GO-1: fear: an agent that something killed without a trace is charged for it, or begins again without end', async () => {
  const { work } = await ground('sleep 60');
  const ended = applying(work).catch((cause: unknown) => cause);
  const { handle } = await until('a running session', async () =>
    (await sessionsOf(work.database.query, work.order.id)).find(({ state }) => state === 'running'),
  );
  process.kill(-(handle as unknown as ProcessHandle).pid, 'SIGKILL');
  const failure = await ended;
  expect(failure).toMatchObject({
    code: 'AGENT_CRASHED_WITHOUT_TRACE',
    category: 'transient',
    component: 'workplace',
  });
  const decide = (retries: number) =>
    decideRecovery(defaultRecoveryPolicies, 'applying', failure as MooseError, { retries, pauses: 0 }).act;
  expect([0, 1].map(decide)).toEqual(['retry', 'fall_back']);
});

test('R-PIPE-5: an agent that writes endless output is stopped, which is a failure', async () => {
  const { work } = await ground('yes', { settings: { outputBytesMax: 10_000 } });
  await expect(applying(work)).rejects.toMatchObject({
    code: 'AGENT_FAILED',
    metadata: { stoppedBecause: 'output_limit' },
  });
});

test.each<[string, string, string, string]>([
  ['refused the change', 'echo says refused it does not fit', 'AGENT_REFUSED_CHANGE', 'contract_violation'],
  ['changed nothing', 'echo says success nothing to do', 'AGENT_CHANGED_NOTHING', 'unknown'],
])(
  'R-PIPE-5, R-REC-5: an agent that %s goes back to the Proposer, with what was tried',
  async (_, script, code, failureClass) => {
    const at = await ground(script);
    expect(await applying(at.work)).toMatchObject({
      end: 'refine',
      failure: { code, failureClass },
      result: { headSha: at.routed.baseSha, feedback: { tried: 'Write new', failureClass } },
    });
    expect(commitsOf(at)).toEqual([]);
  },
);

test('R-PIPE-5: a second cycle that reverts the first one has nothing to propose', async () => {
  const at = await ground(good);
  const first = doneOf(await applying(at.work));
  await leave(at.work, 'applying', first.result);
  const { work } = at;
  const secondCycle = { ...work, run: { ...work.run, cycle: 1 } };
  await leave(secondCycle, 'generating', { proposal: proposalOf(''), brief: null, model: null, attempts: 1 });
  const agents = new Map([['scripted', scriptedAgent('rm made.txt; echo says success')]]);
  expect(await applying({ ...secondCycle, agents })).toMatchObject({
    end: 'refine',
    failure: { code: 'AGENT_CHANGED_NOTHING' },
    result: { feedback: { summary: expect.stringContaining('reverted all earlier changes') } },
  });
});

test('R-BUD-6: success without a metered call is a bypass; the change is kept for a person, and does not count', async () => {
  const model = { name: 'p/m', provider: 'p', wires: ['anthropic-messages'] } as unknown as NonNullable<
    Given['models']
  >[number];
  const agent = { writesCode: true, wires: ['anthropic-messages'] } satisfies Partial<Agent>;
  const { work } = await ground(good, { ...anAgent(good, agent), models: [model] });
  await expect(applying(work)).rejects.toMatchObject({ code: 'AGENT_BYPASSED' });
  expect((await newestArtifact(work.database.query, work.order.id, 'patch'))?.toString()).toContain('+new');
  const keys = await work.database.query.selectFrom('gatewayKeys').select('revokedAt').execute();
  expect(keys).toEqual([{ revokedAt: expect.any(Date) }]);
});

test.each([
  [
    'the gateway',
    'refused_feature',
    'The cost of `diagnostics` cannot be bounded: the gateway does not know this field',
    /allowed_members '\["diagnostics"\]'/,
  ],
  [
    'the provider',
    'bad_request',
    'diagnostics: Extra inputs are not permitted',
    /Choose another agent or model/,
  ],
] as const)(
  'R-ESC-5: fear: an agent that sends a member again that %s refuses is told as one that repeats itself',
  async (_who, failure, said, advice) => {
    const model = { name: 'p/m', provider: 'p', wires: ['anthropic-messages'] } as unknown as NonNullable<
      Given['models']
    >[number];
    const agent = { writesCode: true, wires: ['anthropic-messages'] } satisfies Partial<Agent>;
    const folder = await mkdtemp(join(tmpdir(), 'moose-braked-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const go = join(folder, 'go');
    const script = `until [ -e ${go} ]; do sleep 0.05; done; echo '${said}' >&2; exit 1`;
    const { work } = await ground(script, { ...anAgent(script, agent), models: [model] });
    const ended = applying(work);
    const key = await until('the key of the session', () => aKeyOf(work.database));
    const ledger = openCallLedger(work.database, { leases: { report: () => undefined } });
    const call = {
      callId: crypto.randomUUID(),
      keyId: key.id,
      keyHash: key.keyHash.toString('hex'),
      gatewayId: crypto.randomUUID(),
    };
    const asked = { provider: 'p', wire: 'anthropic-messages', model: 'p/m', isStream: false } as const;
    const end = { httpStatus: 400, failure, retryAfterMs: null, firstByteMs: null, durationMs: 1 };
    await ledger.refused({ ...call, ...asked, inputTokensMax: 0, outputTokensMax: 0 }, failure, end);
    await ledger.stopKey(key.id, 'the same request three times');
    await ledger.close();
    await writeFile(go, '');
    await expect(ended).rejects.toMatchObject({
      code: 'AGENT_MEMBER_REFUSED',
      metadata: { member: 'diagnostics', agent: 'scripted' },
      advice: expect.stringMatching(advice),
    });
  },
);

const aKeyOf = (database: Database) =>
  database.query.selectFrom('gatewayKeys').selectAll().executeTakeFirst();

test('R-SES-3, R-REC-6: success without a good call does not stand: after the pause the agent runs again', async () => {
  const model = { name: 'p/m', provider: 'p', wires: ['anthropic-messages'] } as unknown as NonNullable<
    Given['models']
  >[number];
  const agent = { writesCode: true, wires: ['anthropic-messages'] } satisfies Partial<Agent>;
  const { work } = await ground(good, { ...anAgent(good, agent), models: [model] });
  for (const pauses of [0, 1, 2]) {
    work.run.pauses = pauses;
    await expect(applying(work)).rejects.toMatchObject({ code: 'AGENT_BYPASSED' });
  }
  expect((await onRecord(work)).sessions).toEqual(['scripted exited', 'scripted exited', 'scripted exited']);
});

test.each<[string, string, string]>([
  ['crashed', 'echo half > made.txt', 'AGENT_CRASHED'],
  ['was killed', 'echo says success; kill -9 $$', 'AGENT_CRASHED'],
  ['claims success and exits with 3', 'echo new > made.txt; echo says success; exit 3', 'AGENT_FAILED'],
  ['says that it failed', 'echo says failure no idea', 'SCRIPTED_FAILURE'],
])('R-PIPE-5, R-SES-5: an agent that %s has made no change, whatever it left', async (_, script, code) => {
  const at = await ground(script);
  await expect(applying(at.work)).rejects.toMatchObject({ code, metadata: { process: expect.anything() } });
  expect(commitsOf(at)).toEqual([]);
  expect((await onRecord(at.work)).sessions).toEqual(['scripted exited']);
});

test.each<[string, string, string]>([
  [
    'a workflow of CI',
    'mkdir -p .github/workflows; echo on: push > .github/workflows/a.yml; echo says success',
    'FORBIDDEN_CHANGE',
  ],
  [
    'a key',
    'echo "AKIAIOSFODNN7EXAMPLF aws_secret_access_key = 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" > made.txt; echo says success',
    'SECRET_IN_CHANGE',
  ],
])('R-SEC-2, R-SEC-4: an agent that writes %s makes no commit', async (_, script, code) => {
  const at = await ground(script);
  await expect(applying(at.work)).rejects.toMatchObject({ code });
  expect(commitsOf(at)).toEqual([]);
});

test.each<[string, Partial<Given['settings']> & object]>([
  ['after its exit limit', { exitMsMax: 200, silenceMsMax: 30_000 }],
  ['by the silence limit', { exitMsMax: 60_000, silenceMsMax: 1_000 }],
])(
  'R-SES-5, R-SES-6: an agent that has told its result and lives on is stopped %s, and its work counts',
  async (_, settings) => {
    const { work } = await ground('', { ...anAgent(`${good}; sleep 60`, coder), settings });
    await expect(applying(work)).resolves.toMatchObject({ end: 'done', result: { outcome: 'changed' } });
    expect((await onRecord(work)).sessions).toEqual(['scripted stopped']);
  },
);

test('R-SES-5: an agent that tells a failure and lives on has failed as it told', async () => {
  const script = 'echo says failure no idea; sleep 60';
  const { work } = await ground('', { ...anAgent(script, coder), settings: { exitMsMax: 200 } });
  await expect(applying(work)).rejects.toMatchObject({ code: 'SCRIPTED_FAILURE' });
});

test('R-SES-5, R-ESC-3: what an agent says instead of changing anything goes to a person, and is not paid for again', async () => {
  const { work } = await ground('', anAgent('echo says success A or B: which do you want?', coder));
  await expect(applying(work)).rejects.toMatchObject({
    code: 'AGENT_ANSWERED',
    message: expect.stringContaining('“A or B: which do you want?”'),
    metadata: { said: 'A or B: which do you want?' },
  });
});

test('R-PIPE-5: a person closes what nothing has to change for: it is completed without a pull request', async () => {
  const { work } = await ground('', anAgent('echo says success It is already so', coder));
  await expect(applying(work)).rejects.toMatchObject({ code: 'AGENT_ANSWERED' });
  work.run.settings = { option: 'close' };
  await expect(applying(work)).resolves.toEqual({ end: 'over' });
  const { order } = await onRecord(work);
  expect(order).toMatchObject({ status: 'completed', pullRequestUrl: null });
});

test('R-SES-5, R-ESC-3: the files of an agent that ended without a result become a change if a person says so', async () => {
  const at = await ground('', anAgent('echo all > made.txt', coder));
  const { work } = at;
  await expect(applying(work)).rejects.toMatchObject({ code: 'AGENT_NO_RESULT', category: 'permanent' });
  expect(commitsOf(at)).toEqual([]);
  work.run.settings = { option: 'take_left' };
  expect(doneOf(await applying(work))).toMatchObject({ result: { outcome: 'changed', changedFiles: 1 } });
  expect(commitsOf(at)).toHaveLength(1);
});

test('R-SES-5: without a result and without files, an agent has crashed, and nothing can be taken', async () => {
  const { work } = await ground('', anAgent('true', coder));
  await expect(applying(work)).rejects.toMatchObject({ code: 'AGENT_CRASHED' });
  work.run.settings = { option: 'take_left' };
  await expect(applying(work)).rejects.toMatchObject({ code: 'NOTHING_LEFT' });
});

test('R-ESC-3, R-GO-5: of an agent that crashed again, neither its model, nor another agent that has failed, nor a retry is recommended', async () => {
  const models = ['p/one', 'p/two'].map((name) => scriptedModel(name));
  const settings = { models: { light: [], standard: ['p/one', 'p/two'], strong: [] } };
  const agents = ['scripted', 'second', 'third'].map((name) => scriptedAgent('exit 1', { ...coder, name }));
  const { work } = await ground('', { agents, models, settings });
  const crashed = (await applying(work).catch((cause: unknown) => cause)) as MooseError;
  expect(crashed.code).toBe('AGENT_CRASHED');
  work.run.settings = { agent: 'second', agentsHad: ['scripted'] };
  await expect(applying(work)).rejects.toMatchObject({ code: 'AGENT_CRASHED' });
  work.run.settings = withRetry({ ...work.run, settings: work.run.settings }, 'applying', crashed);
  const { options, recommendedOption } = await questionOf(work, crashed, {
    because: '',
    isParked: false,
    isEmpty: false,
  });
  const ids = options.map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(['agent:third', 'refine', 'retry']));
  expect(ids).not.toContain('agent:scripted');
  expect(ids.indexOf('retry')).toBeGreaterThan(ids.indexOf('agent:third'));
  expect(recommendedOption).not.toBe('retry');
});

test('R-SES-5: an agent that was cut off has made no change, and goes on with its files', async () => {
  const script =
    'if test -f half.txt; then echo rest > made.txt; echo says success; else echo half > half.txt; echo says cut_off Now b; fi';
  const at = await ground('', anAgent(script, coder));
  const { work } = at;
  const failure = await applying(work).catch((cause: unknown) => cause);
  expect(failure).toMatchObject({ code: 'AGENT_CUT_OFF', metadata: { said: 'Now b' } });
  expect(commitsOf(at)).toEqual([]);
  const { code, message, advice } = failure as MooseError;
  const run = { ...work.run, cycle: 1, settings: { failure: { code, message, advice: advice ?? '' } } };
  await leave({ ...work, run }, 'generating', { proposal: null, brief: 'Go', model: null, attempts: 0 });
  expect(doneOf(await applying({ ...work, run }))).toMatchObject({ result: { changedFiles: 2 } });
});

test('R-SES-5: fear: an agent that is cut off each time is paid for again and again', async () => {
  const { work } = await ground('', anAgent('date +%N > half.txt; echo says cut_off Now b', coder));
  work.run.cycle = 1;
  work.run.settings = { failure: { code: 'AGENT_CUT_OFF', message: 'It was cut off.', advice: '' } };
  await leave(work, 'generating', { proposal: null, brief: 'Go', model: null, attempts: 0 });
  await expect(applying(work)).rejects.toMatchObject({
    code: 'AGENT_CUT_OFF_AGAIN',
    metadata: { said: 'Now b' },
  });
});

test('R-SES-1: an agent that cannot reach its model is not started, and its session is closed', async () => {
  const model = { name: 'p/m', provider: 'p', wires: ['anthropic-messages'] } as unknown as NonNullable<
    Given['models']
  >[number];
  const agent = { writesCode: true, wires: ['openai-responses'] } satisfies Partial<Agent>;
  const { work } = await ground(good, { ...anAgent(good, agent), models: [model] });
  await expect(applying(work)).rejects.toMatchObject({
    code: 'AGENT_MODEL_UNFIT',
    category: 'configuration',
  });
  const { sessions, effects, order } = await onRecord(work);
  expect(sessions).toEqual(['scripted lost']);
  expect(effects).toContain('session undone');
  expect(order.agentRuns).toBe(0);
});
