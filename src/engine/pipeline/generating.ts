// Step 2: the Proposer asks a model for the change, and falls back to the next model when it gets none (R-PIPE-4).
import { isMooseError, type MooseError, PermanentError } from '../../domain/failure.ts';
import type { ReservationId } from '../../domain/ids.ts';
import { type Proposal, proposalSchema } from '../../domain/proposal.ts';
import { asSentence } from '../../domain/sentence.ts';
import { errorsOf, logDecision } from '../../store/decisions.ts';
import { recordEvent } from '../../store/work-orders.ts';
import { bookCall, costOf, drawCall, renewEnvelope, voidCall } from '../budget/envelope.ts';
import type { Model, ModelAnswer } from '../ports/model.ts';
import { recordFailure } from '../recovery/record-failure.ts';
import { type AffordableCall, affordableCall } from './affordable-call.ts';
import { composeBrief, composeTask, proposerSystem } from './compose-prompt.ts';
import { type Feedback, feedbackFor } from './feedback.ts';
import { checksOf } from './project-checks.ts';
import { agentOf, wantedAgent } from './routing.ts';
import {
  type ApplyingResult,
  findResult,
  type GeneratingResult,
  type RoutingResult,
  requireResult,
} from './step-results.ts';
import { fenced, type StepEnd, type Work } from './work.ts';

export async function generating(work: Work): Promise<StepEnd> {
  const routed = await requireResult<RoutingResult>(work, 'routing');
  await renewEnvelope(work, BigInt(routed.envelopeNanoUsd));
  const feedback = await feedbackFor(work);
  const models = work.run.settings.model ? [work.run.settings.model] : routed.models;
  const agent = agentOf(work, work.run.settings.agent ? wantedAgent(work) : routed.agent);
  if (agent.writesCode) {
    const checks = (await checksOf(work, routed.baseSha)).map(({ command }) => command);
    const brief = composeBrief(composeTask(asked(work, 1, feedback)), checks);
    return {
      end: 'done',
      result: { proposal: null, brief, model: models[0] ?? null, attempts: 0 } satisfies GeneratingResult,
    };
  }
  return propose(work, models, await baseOf(work, routed), feedback);
}

/** What the change starts from: the branch as it stands, or the commit that it will be made from. */
async function baseOf(work: Work, routed: RoutingResult): Promise<string> {
  const applied = await findResult<ApplyingResult>(work, 'applying');
  return applied?.headSha ?? routed.baseSha;
}

function asked(work: Work, attempt: number, feedback: Feedback | null) {
  return { order: work.order, attempt: work.run.cycle + attempt, note: work.run.settings.note, feedback };
}

async function propose(
  work: Work,
  models: readonly string[],
  base: string,
  feedback: Feedback | null,
): Promise<StepEnd> {
  const { settings } = work;
  let failure: MooseError | undefined;
  for (let attempt = 1; attempt <= settings.modelAttemptsMax; attempt++) {
    const name = models[(attempt - 1) % models.length];
    if (name === undefined) break;
    try {
      const model = work.model(name);
      const task = composeTask(asked(work, attempt, feedback));
      const answer = await ask(work, model, task, base);
      if (answer.kind === 'object') {
        return {
          end: 'done',
          result: {
            proposal: answer.object,
            brief: null,
            model: name,
            attempts: attempt,
          } satisfies GeneratingResult,
        };
      }
      failure = unusable(answer, name);
    } catch (cause) {
      if (!isMooseError(cause) || work.signal.aborted || cause.code === 'FENCE_LOST') throw cause;
      if (cause.code === 'BUDGET_EXCEEDED') throw await withWhatUsedItUp(work, cause);
      failure = cause;
    }
    await noteAttempt(work, failure, { attempt, model: name, next: models[attempt % models.length] ?? null });
  }
  throw (
    failure ??
    new PermanentError({
      code: 'NO_MODEL',
      component: 'pipeline',
      operation: 'generating',
      message: 'No model was left to ask.',
      advice: 'Name one: `moose retry ID --model provider/model`.',
    })
  );
}

/** Calls of unknown cost are presumed spent: then it is their failure that a person has to know of. */
async function withWhatUsedItUp(work: Work, exceeded: MooseError): Promise<MooseError> {
  const errors = await work.database.run((query) => errorsOf(query, work.order.id), work.signal);
  const before = errors.findLast(
    ({ step, timestamp }) => step === 'generating' && timestamp >= work.run.createdAt,
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

function unusable(answer: Exclude<ModelAnswer<unknown>, { kind: 'object' }>, model: string): MooseError {
  return new PermanentError({
    code: `MODEL_ANSWER_${answer.kind.toUpperCase()}`,
    component: 'models',
    operation: 'generate',
    message: `${model} gave no usable proposal (${answer.kind}): ${answer.problem.replace(/\s+/g, ' ')}`,
    advice: 'Retry it with another model: `moose retry ID --model provider/model`.',
    failureClass: 'orchestration_error',
    metadata: { model, answerStart: answer.text.slice(0, 2_000) },
  });
}

async function ask(work: Work, model: Model, task: string, base: string): Promise<ModelAnswer<Proposal>> {
  const call = await affordableCall(work, model, task, base);
  const { providerSlotsMax } = work.settings;
  return work.slots.withSlot(`provider:${model.provider}`, providerSlotsMax, work.signal, async () => {
    const callId = await drawCall(work, { serviceName: 'proposer', model: model.name, ...call });
    work.reached('generating:call-drawn', work.run.id);
    const answer = await send(work, model, call, callId);
    const costNanoUsd = costOf(model.price, answer.usage);
    await bookCall(work, callId, {
      costNanoUsd,
      usage: answer.usage,
      calls: 1,
      also: (query) =>
        recordEvent(query, {
          workOrderId: work.order.id,
          kind: 'model.answered',
          actor: model.name,
          detail: { ...answer.usage, costNanoUsd: costNanoUsd.toString(), kind: answer.kind },
        }),
    });
    work.reached('generating:call-booked', work.run.id);
    return answer;
  });
}

async function send(
  work: Work,
  model: Model,
  call: AffordableCall,
  callId: ReservationId,
): Promise<ModelAnswer<Proposal>> {
  const { settings, signal } = work;
  try {
    return await model.generate({
      system: proposerSystem,
      prompt: call.prompt,
      schema: proposalSchema,
      schemaName: 'proposal',
      outputTokensMax: call.outputTokensMax,
      timeoutMs: settings.modelTimeoutMs,
      signal,
    });
  } catch (cause) {
    // Moose is stopping: whoever takes the run up presumes the call spent.
    if (signal.aborted) throw cause;
    await (wasBilled(cause) ? bookCall(work, callId, unknownCost) : voidCall(work, callId));
    throw cause;
  }
}

const unknownCost = { costNanoUsd: null, usage: { inputTokens: 0, outputTokens: 0 }, calls: 1 };

/** Failures that came before anything was billed; of every other one it is not known, and so it is presumed. */
const unbilledCodes = new Set([
  'MODEL_AUTHENTICATION',
  'MODEL_NOT_FOUND',
  'MODEL_QUOTA',
  'MODEL_RATE_LIMITED',
  'MODEL_OVERLOADED',
  'MODEL_CONTEXT_TOO_LONG',
  'MODEL_BAD_REQUEST',
  'MODEL_REDIRECTED',
]);

function wasBilled(cause: unknown): boolean {
  if (!isMooseError(cause)) return true;
  return !unbilledCodes.has(cause.code) && cause.metadata.nothingSent !== true;
}

async function noteAttempt(
  work: Work,
  failure: MooseError,
  about: { attempt: number; model: string; next: string | null },
): Promise<void> {
  await fenced(work, async (query) => {
    // The last one ends the step, and is recorded there.
    if (about.attempt < work.settings.modelAttemptsMax) {
      await recordFailure(query, failure, {
        workOrderId: work.order.id,
        step: 'generating',
        attempt: about.attempt,
        strategy: 'fallback',
      });
    }
    await logDecision(query, {
      workOrderId: work.order.id,
      kind: 'retry',
      agentType: 'proposer',
      input: { code: failure.code, message: failure.message, ...about },
      output: { askNext: about.attempt < work.settings.modelAttemptsMax ? about.next : null },
    });
  });
}
