// Asks one model after the other for a proposal, as the table's rows for `model` say: a failure of the model or the
// task uses an attempt, a failure of the provider does not (R-PIPE-4, R-REC-6).

import { type Proposal, proposalSchema } from '../../../domain/agents/proposal.ts';
import { isMooseError, type MooseError, PermanentError } from '../../../domain/failure.ts';
import { assertNoSecretIn } from '../../../domain/secrets/secret-in-change.ts';
import { asSentence } from '../../../domain/text/sentence.ts';
import type { Message } from '../../../domain/work-order/message.ts';
import type { Feedback } from '../../../domain/work-order/step-result.ts';
import { circuitOpen } from '../../../resilience/through-circuit.ts';
import { errorsOf } from '../../../store/work/work-orders/decisions.ts';
import { logDecision } from '../../errors/log-decision.ts';
import { recordFailure } from '../../errors/record-failure.ts';
import type { Recipe } from '../../errors/reproduce/recipe.ts';
import type { ModelAnswer } from '../../ports/model.ts';
import { modelFailures } from '../../ports/model-failure-catalogue.ts';
import type { FailedTurn, RecoverableOperation, Turn } from '../../recovery/error-recovery-manager.ts';
import { type EnvelopeSize, renewEnvelope } from '../../run/budget/envelope.ts';
import type { RelevantFiles } from '../../run/reading/read-repository.ts';
import { assertNoShapedSecret } from '../../run/secret-policy.ts';
import { fenced, type Work } from '../../run/work.ts';
import { pipelineFailures } from '../failure-catalogue.ts';
import { affordableCall, readFor } from '../models/affordable-call.ts';
import { askModel } from '../models/ask-model.ts';
import { composeTask, proposerSystem } from '../models/compose-prompt.ts';

export interface Asked {
  models: readonly string[];
  /** The commit that the change starts from. */
  base: string;
  /** Messages of people so far. */
  messages?: readonly Message[];
  feedback: Feedback | null;
  /** Its contracts with other work orders, in words. */
  contracts?: readonly string[];
  joint?: readonly string[];
  /** Why earlier answers of this attempt could not be used. */
  unusable?: readonly string[];
  /** The size of a new envelope. */
  envelope: EnvelopeSize;
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

/** @throws MooseError the last failure, or the failure of a provider that is worth waiting for */
export async function propose(work: Work, asked: Asked): Promise<Proposed> {
  const [first, ...others] = asked.models;
  if (first === undefined) throw noModel();
  const unusable: string[] = [];
  const repository = await readFor(work, taskOf(work, asked, 1), asked.base);
  const { signal, recovery, settings } = work;
  const operation = {
    component: 'model',
    operation: 'generate',
    signal,
    attemptsMax: settings.modelAttemptsMax,
    ways: [first, ...others],
    note: (failure, turn) => {
      // The next model is told; a provider that is away says nothing about the task.
      if (failure.code.startsWith('MODEL_ANSWER_')) unusable.push(failure.message);
      return noteFailure(work, failure, turn);
    },
    call: (turn) => askFor(work, { ...asked, unusable }, repository, turn),
  } satisfies RecoverableOperation<Proposed>;
  const proposed = await recovery.executeWithRecovery(operation).catch(async (cause: unknown) => {
    const isExceeded = isMooseError(cause) && cause.code === 'BUDGET_EXCEEDED';
    throw isExceeded ? await withWhatUsedItUp(work, cause) : cause;
  });
  await assertNoShapedSecret(work, proposed.proposal, asked.base);
  return proposed;
}

async function askFor(
  work: Work,
  asked: Asked,
  repository: RelevantFiles,
  { call, attempt, way }: Turn,
): Promise<Proposed> {
  // The work order is not to blame for the presumed cost of calls without an answer.
  if (call > 1) await renewEnvelope(work, asked.envelope);
  const model = work.model(way);
  const sized = await affordableCall(work, model, taskOf(work, asked, attempt), repository);
  const answer = await askModel(work, model, question, sized).catch((cause: unknown) => {
    throw orCircuitOpen(work, way, cause);
  });
  if (answer.kind !== 'object') throw unusable(answer, way);
  assertNoSecretIn(answer.object);
  return { proposal: answer.object, model: way, attempts: call };
}

/**
 * If the provider only fails to answer this request, the request is to blame. A model that answers nobody is
 * unavailable, and is waited for.
 */
function orCircuitOpen({ circuits }: Work, name: string, cause: unknown): unknown {
  if (!isMooseError(cause) || cause.code !== 'MODEL_TIMEOUT') return cause;
  const openMs = circuits.retryAfterMs(`model:${name}`);
  return openMs > 0 ? circuitOpen(`model:${name}`, openMs, cause) : cause;
}

function taskOf(
  { order, run }: Work,
  { messages = [], feedback, unusable = [], contracts = [], joint = [] }: Asked,
  attempt: number,
): string {
  const { note } = run.settings;
  const said = { messages, feedback, unusable, contracts, joint };
  return composeTask({ order, attempt: run.cycle + attempt, note, ...said });
}

function unusable(answer: Exclude<ModelAnswer<unknown>, { kind: 'object' }>, model: string): MooseError {
  const { schemaName } = question;
  const recipe: Recipe = { kind: 'answer', schemaName, answer: answer.kind, text: answer.text };
  const facts = { operation: 'generate', metadata: { model, recipe } };
  const words = { model, kind: answer.kind, problem: answer.problem.replace(/\s+/g, ' ') };
  return modelFailures[raisedFor[answer.kind]](facts, words);
}

const raisedFor = {
  malformed: 'MODEL_ANSWER_MALFORMED',
  empty: 'MODEL_ANSWER_EMPTY',
  refused: 'MODEL_ANSWER_REFUSED',
  truncated: 'MODEL_ANSWER_TRUNCATED',
} as const;

function noModel(): MooseError {
  return pipelineFailures.NO_MODEL_LEFT('generating');
}

/** Calls of unknown cost are presumed spent, so the person must know about the failure that caused them. */
async function withWhatUsedItUp(work: Work, exceeded: MooseError): Promise<MooseError> {
  const errors = await work.database.run((query) => errorsOf(query, work.order.id), work.signal);
  const before = errors.findLast(
    ({ component, timestamp }) => component === 'models' && timestamp >= work.run.createdAt,
  );
  if (!before) return exceeded;
  const { code, component, operation, advice = '', severity, failureClass, metadata } = exceeded;
  return new PermanentError({
    code,
    component,
    operation,
    advice,
    severity,
    failureClass,
    message: `${asSentence(before.errorMessage)} ${exceeded.message}`,
    metadata: { ...metadata, before: before.errorType },
    cause: exceeded,
  });
}

async function noteFailure(
  work: Work,
  decided: MooseError,
  { call, way, next, because, isThrown }: FailedTurn,
): Promise<void> {
  const failure = isMooseError(decided.cause) && decided.code === 'CIRCUIT_OPEN' ? decided.cause : decided;
  // A call that was not made is not a failure; the failure that ends the step is recorded there.
  const isRecordedHere = failure.code !== 'CIRCUIT_OPEN' && !(isThrown && failure === decided);
  await fenced(work, async (query) => {
    if (isRecordedHere) {
      await recordFailure(query, failure, {
        workOrderId: work.order.id,
        runId: work.run.id,
        step: 'generating',
        attempt: call,
        strategy: 'fall_back',
      });
    }
    await logDecision(query, {
      workOrderId: work.order.id,
      kind: 'retry',
      agentType: 'proposer',
      input: { code: failure.code, message: failure.message, call, model: way, next },
      output: { askNext: next, because },
    });
  });
  if (isRecordedHere) failure.isRecorded = true;
}
