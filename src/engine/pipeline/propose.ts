// Asks one model after the other for a proposal: a failure of the model or the task uses an attempt, one of a provider
// does not (R-PIPE-4, R-REC-6).
import { isMooseError, type MooseError, PermanentError } from '../../domain/failure.ts';
import { type Proposal, proposalSchema } from '../../domain/proposal.ts';
import { asSentence } from '../../domain/sentence.ts';
import { circuitOpen } from '../../resilience/through-circuit.ts';
import { errorsOf } from '../../store/work/decisions.ts';
import { renewEnvelope } from '../budget/envelope.ts';
import { logDecision } from '../errors/log-decision.ts';
import { recordFailure } from '../errors/record-failure.ts';
import { recordedFailures } from '../errors/recorded-failures.ts';
import type { Recipe } from '../errors/reproduce/recipe.ts';
import type { Model, ModelAnswer } from '../ports/model.ts';
import type { Feedback } from '../run/feedback.ts';
import { fenced, type Work } from '../run/work.ts';
import { affordableCall } from './affordable-call.ts';
import { askModel } from './ask-model.ts';
import { composeTask, proposerSystem } from './compose-prompt.ts';
import { assertNoSecretProposed } from './secret-policy.ts';

export interface Asked {
  models: readonly string[];
  /** The commit that the change starts from. */
  base: string;
  feedback: Feedback | null;
  /** What a fresh envelope holds. */
  envelopeNanoUsd: bigint;
}

export interface Proposed {
  proposal: Proposal;
  model: string;
  attempts: number;
}

const question = {
  serviceName: 'proposer',
  system: proposerSystem,
  schema: proposalSchema,
  schemaName: 'proposal',
};

/** @throws MooseError the last failure, or that of a provider that is worth waiting for */
export async function propose(work: Work, asked: Asked): Promise<Proposed> {
  const { modelAttemptsMax } = work.settings;
  const { models } = asked;
  const away = new Map<string, MooseError>();
  let failure: MooseError | undefined;
  // Each round uses an attempt, or skips a model.
  for (let attempts = 0, calls = 0; attempts < modelAttemptsMax; calls++) {
    const name = nextOf(models, calls, away);
    if (name === undefined) break;
    try {
      // The presumed cost of unanswered calls is not the work order's fault.
      if (calls > 0) await renewEnvelope(work, asked.envelopeNanoUsd);
      const answer = await askFor(work, work.model(name), asked, attempts + 1);
      if (answer.kind === 'object') {
        await assertNoSecretProposed(work, answer.object, asked.base);
        return { proposal: answer.object, model: name, attempts: calls + 1 };
      }
      failure = unusable(answer, name);
    } catch (cause) {
      if (!isMooseError(cause) || work.signal.aborted || cause.code === 'FENCE_LOST') throw cause;
      if (cause.code === 'BUDGET_EXCEEDED') throw await withWhatUsedItUp(work, cause);
      // No other model reads the repository better.
      if (cause.component === 'git') throw cause;
      // Only a person, and no other model, knows whether it is a secret.
      if (cause.metadata.fingerprint !== undefined) throw cause;
      failure = cause;
    }
    const theirs = failureOfTheProvider(work, name, failure);
    if (theirs) away.set(name, theirs);
    else attempts += 1;
    const next = attempts < modelAttemptsMax ? nextOf(models, calls + 1, away) : undefined;
    await noteFailure(work, failure, { call: calls + 1, model: name, next: next ?? null });
  }
  const thrown = firstBack(away) ?? failure ?? noModel();
  // The awaited failure is another than the last one, which still counts.
  if (failure && failure !== thrown && !recordedFailures.has(failure))
    await noteFailure(work, failure, { call: modelAttemptsMax, model: 'the last one', next: 'a wait' });
  throw thrown;
}

/** In turn, without unavailable ones. */
function nextOf(
  models: readonly string[],
  calls: number,
  away: ReadonlyMap<string, unknown>,
): string | undefined {
  const turned = models.map((_, index) => models[(calls + index) % models.length]);
  return turned.find((name) => name !== undefined && !away.has(name));
}

/** What to wait for; undefined for a fault of the model or of the task. */
function failureOfTheProvider({ circuits }: Work, name: string, failure: MooseError): MooseError | undefined {
  const { category, code } = failure;
  if (category !== 'transient' && category !== 'external') return undefined;
  if (code !== 'MODEL_TIMEOUT') return failure;
  // A provider that answers nobody is unavailable; silence to only this request is the request's fault.
  const openMs = circuits.retryAfterMs(`model:${name}`);
  return openMs > 0 ? circuitOpen(`model:${name}`, openMs) : undefined;
}

/** The failure of the provider that may return first. */
function firstBack(away: ReadonlyMap<string, MooseError>): MooseError | undefined {
  return [...away.values()].sort((a, b) => (a.retryAfterMs ?? 0) - (b.retryAfterMs ?? 0))[0];
}

async function askFor(
  work: Work,
  model: Model,
  { base, feedback }: Asked,
  attempt: number,
): Promise<ModelAnswer<Proposal>> {
  const { order, run } = work;
  const task = composeTask({ order, attempt: run.cycle + attempt, note: run.settings.note, feedback });
  return askModel(work, model, question, await affordableCall(work, model, task, base));
}

function unusable(answer: Exclude<ModelAnswer<unknown>, { kind: 'object' }>, model: string): MooseError {
  const { schemaName } = question;
  const recipe: Recipe = { kind: 'answer', schemaName, answer: answer.kind, text: answer.text };
  return new PermanentError({
    code: `MODEL_ANSWER_${answer.kind.toUpperCase()}`,
    component: 'models',
    operation: 'generate',
    message: `${model} gave no usable proposal (${answer.kind}): ${answer.problem.replace(/\s+/g, ' ')}`,
    advice: 'Retry it with another model: `moose retry ID --model provider/model`.',
    failureClass: 'orchestration_error',
    metadata: { model, recipe },
  });
}

function noModel(): MooseError {
  return new PermanentError({
    code: 'NO_MODEL',
    component: 'pipeline',
    operation: 'generating',
    message: 'There was no other model to ask.',
    advice: 'Name one: `moose retry ID --model provider/model`.',
  });
}

/** Calls of unknown cost are presumed spent: then a person must know about that failure. */
async function withWhatUsedItUp(work: Work, exceeded: MooseError): Promise<MooseError> {
  const errors = await work.database.run((query) => errorsOf(query, work.order.id), work.signal);
  const before = errors.findLast(
    ({ component, timestamp }) => component === 'models' && timestamp >= work.run.createdAt,
  );
  if (!before) return exceeded;
  const { code, component, operation, advice = '', severity, failureClass, metadata } = exceeded;
  return new PermanentError({
    ...{ code, component, operation, advice, severity, failureClass },
    message: `${asSentence(before.errorMessage)} ${exceeded.message}`,
    metadata: { ...metadata, before: before.errorType },
    cause: exceeded,
  });
}

async function noteFailure(
  work: Work,
  failure: MooseError,
  about: { call: number; model: string; next: string | null },
): Promise<void> {
  const isRecordedHere = about.next !== null && failure.code !== 'CIRCUIT_OPEN';
  await fenced(work, async (query) => {
    // A call that was not made is no failure; whatever ends the step is recorded there.
    if (isRecordedHere) {
      await recordFailure(query, failure, {
        workOrderId: work.order.id,
        runId: work.run.id,
        step: 'generating',
        attempt: about.call,
        strategy: 'fallback',
      });
    }
    await logDecision(query, {
      workOrderId: work.order.id,
      kind: 'retry',
      agentType: 'proposer',
      input: { code: failure.code, message: failure.message, ...about },
      output: { askNext: about.next },
    });
  });
  if (isRecordedHere) recordedFailures.add(failure);
}
