import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import {
  ConfigurationError,
  ExternalServiceError,
  type MooseError,
  PermanentError,
  TransientError,
} from '../../../domain/failure.ts';
import { CancelRequested } from '../../run/cancel.ts';
import { decisionsOn, onRecord } from '../on-record.fixture.ts';
import { atStep, loseFence, proposalOf, type ScratchWork } from '../scratch-pipeline.fixture.ts';
import { type Answer, type ScriptedModel, scriptedModel } from '../scripted-model.fixture.ts';
import { type Asked, propose } from './propose.ts';

const shared = sharedDatabase();

const named = { component: 'models', operation: 'generate', advice: 'Look.' };
const metadata = { provider: 'q' };

/** A failure that is the provider's fault, so it uses up no attempt. */
const away = (retryAfterMs = 10_000): MooseError =>
  new ExternalServiceError({
    ...named,
    code: 'MODEL_OVERLOADED',
    message: `q is back in ${retryAfterMs}.`,
    retryable: true,
    retryAfterMs,
    metadata,
  });
const silent = (): MooseError =>
  new TransientError({
    ...named,
    code: 'MODEL_TIMEOUT',
    message: 'It said nothing.',
    failureClass: 'timeout',
  });
const tooLong = (): MooseError =>
  new PermanentError({ ...named, code: 'MODEL_CONTEXT_TOO_LONG', message: 'It is too long.' });

const good = proposalOf('new');
const bad = { kind: 'malformed' } as const;

interface Script {
  [model: string]: readonly Answer[];
}

interface Proposing {
  work: ScratchWork;
  asked: Asked;
  /** The models that were asked, in order. */
  calls: string[];
  models: ScriptedModel[];
}

async function proposing(script: Script, onAsk?: (work: ScratchWork) => unknown): Promise<Proposing> {
  const calls: string[] = [];
  const held: { work?: ScratchWork } = {};
  const models = Object.entries(script).map(([name, answers]) =>
    scriptedModel(name, answers, () => {
      calls.push(name);
      return held.work && onAsk?.(held.work);
    }),
  );
  const { work, repository } = await atStep(shared(), 'generating', { models });
  held.work = work;
  const asked = {
    models: Object.keys(script),
    base: repository.headSha,
    feedback: null,
    envelope: { estimateNanoUsd: 1_000_000_000n, ceilingNanoUsd: null },
  };
  return { work, asked, calls, models };
}

test('R-PIPE-4: the first model that answers well is the only one that is asked', async () => {
  const { work, asked, calls } = await proposing({ 'p/a': [good], 'p/b': [good] });
  expect(await propose(work, asked)).toEqual({ proposal: good, model: 'p/a', attempts: 1 });
  expect(calls).toEqual(['p/a']);
  const { errors, kinds } = await onRecord(work);
  expect(errors).toEqual([]);
  expect(kinds).toContain('model.answered');
});

test.each(['malformed', 'empty', 'refused', 'truncated'] as const)(
  'R-PIPE-4: an answer that is %s is a failure with a class, and the next model is asked',
  async (kind) => {
    const { work, asked, calls } = await proposing({ 'p/a': [{ kind }], 'p/b': [good] });
    expect(await propose(work, asked)).toMatchObject({ model: 'p/b', attempts: 2 });
    expect(calls).toEqual(['p/a', 'p/b']);
    const errorType = `MODEL_ANSWER_${kind.toUpperCase()}`;
    expect((await onRecord(work)).errors).toMatchObject([
      { errorType, recoveryStrategy: 'fall_back', step: 'generating' },
    ]);
    const stored = work.database.query
      .selectFrom('errorEvents')
      .select('fallbackAvailable')
      .where('workOrderId', '=', work.order.id);
    expect(await stored.execute()).toEqual([{ fallbackAvailable: true }]);
    expect(await decisionsOn(work)).toMatchObject([
      { kind: 'retry', input: { code: errorType }, output: { askNext: 'p/b' } },
    ]);
  },
);

test('R-PIPE-4: after three attempts it ends with the last failure, and that one is left to the step', async () => {
  const { work, asked, calls } = await proposing({ 'p/a': [bad], 'p/b': [{ kind: 'empty' }] });
  await expect(propose(work, asked)).rejects.toMatchObject({ code: 'MODEL_ANSWER_MALFORMED' });
  expect(calls).toEqual(['p/a', 'p/b', 'p/a']);
  const { errors } = await onRecord(work);
  expect(errors.map(({ errorType }) => errorType)).toEqual(['MODEL_ANSWER_MALFORMED', 'MODEL_ANSWER_EMPTY']);
});

test.each<[string, () => MooseError]>([
  ['is too long for it', tooLong],
  ['is met with silence', silent],
])('R-PIPE-4: a request that %s uses an attempt, and the next model gets it', async (_, failure) => {
  const { work, asked, calls } = await proposing({ 'p/a': [failure()], 'q/b': [bad], 'q/c': [good] });
  expect(await propose(work, asked)).toMatchObject({ model: 'q/c', attempts: 3 });
  expect(calls).toEqual(['p/a', 'q/b', 'q/c']);
});

test('R-REC-6: an unavailable provider uses no attempt, and is not asked again in this step', async () => {
  const { work, asked, calls } = await proposing({ 'q/a': [away()], 'p/b': [bad, bad, good] });
  expect(await propose(work, asked)).toMatchObject({ model: 'p/b' });
  expect(calls).toEqual(['q/a', 'p/b', 'p/b', 'p/b']);
});

test('R-REC-6: if the remaining models fail too, waiting for the provider is better than giving up', async () => {
  const { work, asked, calls } = await proposing({ 'q/a': [away()], 'p/b': [bad] });
  await expect(propose(work, asked)).rejects.toMatchObject({
    code: 'MODEL_OVERLOADED',
    retryAfterMs: 10_000,
  });
  expect(calls).toEqual(['q/a', 'p/b', 'p/b', 'p/b']);
  const { errors } = await onRecord(work);
  // Every failure is recorded except the one that is waited for, which the step itself records.
  expect(errors.filter(({ errorType }) => errorType === 'MODEL_ANSWER_MALFORMED')).toHaveLength(3);
});

test('R-REC-6: of several unavailable providers, the one that is back first is waited for', async () => {
  const { work, asked, calls } = await proposing({
    'q/a': [away(60_000)],
    'r/b': [away(5_000)],
    's/c': [away(30_000)],
  });
  await expect(propose(work, asked)).rejects.toMatchObject({ retryAfterMs: 5_000 });
  expect(calls).toEqual(['q/a', 'r/b', 's/c']);
});

test('R-BUD-4: a call that the ledger refuses ends the step immediately: no other model is asked for more money', async () => {
  const refused = new PermanentError({ ...named, code: 'MODEL_BUDGET', message: 'It does not fit.' });
  const { work, asked, calls } = await proposing({ 'p/a': [refused], 'p/b': [good] });
  await expect(propose(work, asked)).rejects.toMatchObject({
    code: 'BUDGET_EXCEEDED',
    failureClass: 'budget_exceeded',
  });
  expect(calls).toEqual(['p/a']);
});

test('R-BUD-12: a model that is stopped does not stop the work: the next one is asked', async () => {
  const stopped = () =>
    new ConfigurationError({ ...named, code: 'MODEL_STOPPED', message: 'It is stopped.' });
  const { work, asked, calls } = await proposing({ 'p/a': [stopped()], 'p/b': [good] });
  await expect(propose(work, asked)).resolves.toMatchObject({ model: 'p/b' });
  expect(calls).toEqual(['p/a', 'p/b']);
  const none = await proposing({ 'p/a': [stopped()], 'p/b': [stopped()] });
  await expect(propose(none.work, none.asked)).rejects.toMatchObject({ code: 'MODEL_STOPPED' });
});

test('R-BUD-4: if calls without an answer used up the envelope, a person is told about those', async () => {
  const refused = new PermanentError({ ...named, code: 'MODEL_BUDGET', message: 'It does not fit.' });
  const { work, asked } = await proposing({ 'p/a': [tooLong(), refused] });
  await expect(propose(work, asked)).rejects.toMatchObject({
    code: 'BUDGET_EXCEEDED',
    message: expect.stringContaining('It is too long.'),
    metadata: { before: 'MODEL_CONTEXT_TOO_LONG' },
  });
});

test('R-SEC-4: a proposal with a secret is neither stored nor requested again: only a person knows whether it is one', async () => {
  const secret = proposalOf(
    'AKIAIOSFODNN7EXAMPLF aws_secret_access_key = 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',
  );
  const { work, asked, calls } = await proposing({ 'p/a': [secret], 'p/b': [good] });
  await expect(propose(work, asked)).rejects.toMatchObject({ code: 'SECRET_IN_CHANGE' });
  expect(calls).toEqual(['p/a']);
});

test("a repository that cannot be read is not a model's fault: no model is asked", async () => {
  const { work, asked, calls } = await proposing({ 'p/a': [good], 'p/b': [good] });
  await expect(propose(work, { ...asked, base: 'f'.repeat(40) })).rejects.toMatchObject({ component: 'git' });
  expect(calls).toEqual([]);
  // The call is not tried with the next model either, so no fallback is recorded.
  expect((await onRecord(work)).errors).toEqual([]);
});

test("R-FAIL-1: a bug is not a model's failure, and no other model is asked because of it", async () => {
  const { work, asked, calls } = await proposing({
    'p/a': [new RangeError('a defect') as unknown as Answer],
    'p/b': [good],
  });
  await expect(propose(work, asked)).rejects.toThrow(RangeError);
  expect(calls).toEqual(['p/a']);
});

test('R-BASE-2: a process that lost its run in the middle of a call asks no other model, and writes nothing', async () => {
  const { work, asked, calls } = await proposing({ 'p/a': [bad], 'p/b': [good] }, loseFence);
  await expect(propose(work, asked)).rejects.toMatchObject({ code: 'FENCE_LOST' });
  expect(calls).toEqual(['p/a']);
  const { errors, kinds } = await onRecord(work);
  expect(errors).toEqual([]);
  expect(kinds).not.toContain('model.answered');
});

test('R-PIPE-11: if a person cancels in the middle of a call, no other model is asked, and nothing failed', async () => {
  const cancelled = new AbortController();
  const { work, asked, calls } = await proposing({ 'p/a': [tooLong()], 'p/b': [good] }, () =>
    cancelled.abort(new CancelRequested()),
  );
  await expect(propose({ ...work, signal: cancelled.signal }, asked)).rejects.toBeDefined();
  expect(calls).toEqual(['p/a']);
  expect((await onRecord(work)).errors).toEqual([]);
});

test('R-REC-5: the previous failure is passed on to every model that is asked', async () => {
  const { work, asked, models } = await proposing({ 'p/a': [bad], 'p/b': [good] });
  const feedback = {
    summary: 'The test a fails.',
    output: 'expected 7',
    failureClass: 'test_fail',
    tried: 'Write 6',
  };
  await propose(work, { ...asked, feedback });
  for (const { prompts } of models) {
    expect(prompts).toHaveLength(1);
    for (const words of ['The test a fails.', 'expected 7', 'Write 6']) expect(prompts[0]).toContain(words);
  }
  // The second model knows what the first one answered with.
  const [first = '', second = ''] = models.map(({ prompts }) => prompts[0]);
  expect(first).not.toContain('could not be used');
  expect(second).toMatch(/## Answers that could not be used\n- p\/a gave no usable proposal/);
});
