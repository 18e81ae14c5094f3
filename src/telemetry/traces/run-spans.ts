// Converts a run into spans of its work order's trace: the run, its steps, its processes and its model calls, by the
// OpenTelemetry semantic conventions for generative AI (gen_ai.*). Pure.
import type { RunRecord, TracedCall, TracedSession, TracedStep } from '../../store/work/runs/traced-runs.ts';
import { spanIdOf, traceIdOf } from './span-ids.ts';

export interface TracedSpan {
  traceId: string;
  spanId: string;
  /** Null for the span of the run itself. */
  parentId: string | null;
  name: string;
  isCall: boolean;
  startMs: number;
  endMs: number;
  /** Null if the span ended without an error. */
  error: string | null;
  attributes: Record<string, string | number | boolean>;
  events: Array<{ name: string; atMs: number; attributes: Record<string, string> }>;
}

const usdOf = (nanoUsd: bigint) => Number(nanoUsd) / 1e9;
/** Only the start of an error's text is exported; the full text is where the error was recorded. */
const messageCharsMax = 500;

export function spansOfRun(record: RunRecord): TracedSpan[] {
  const { run } = record;
  const traceId = traceIdOf(run.workOrderId);
  const root: TracedSpan = {
    traceId,
    spanId: spanIdOf(run.id),
    parentId: null,
    isCall: false,
    name: run.kind === 'undo' ? 'undo work order' : 'work order',
    startMs: run.createdAt.getTime(),
    endMs: run.endedAt.getTime(),
    error: run.outcome === 'completed' || run.outcome === 'cancelled' ? null : (run.outcome ?? 'unknown'),
    attributes: {
      'moose.work_order.id': run.workOrderId,
      'moose.work_order.title': run.title,
      'moose.project': run.project,
      'moose.run': run.number,
      'moose.outcome': run.outcome ?? 'unknown',
      'moose.cost_usd': usdOf(run.costNanoUsd),
      ...(run.failureClass === null ? {} : { 'moose.failure_class': run.failureClass }),
    },
    events: record.errors.map(({ code, message, failureClass, timestamp }) => ({
      name: 'exception',
      atMs: timestamp.getTime(),
      attributes: {
        'exception.type': code,
        'exception.message': message.slice(0, messageCharsMax),
        'moose.failure_class': failureClass,
      },
    })),
  };
  const child = (
    span: Omit<TracedSpan, 'traceId' | 'parentId' | 'events'>,
    parents: readonly TracedSpan[],
  ) => ({
    ...span,
    traceId,
    events: [],
    parentId: (parents.findLast((one) => holds(one, span.startMs)) ?? root).spanId,
  });
  const steps = record.steps.map((step) => child(spanOfStep(run.id, step), []));
  const sessions = record.sessions.map((session) => child(spanOfSession(session), steps));
  const calls = record.calls.map((call) => child(spanOfCall(call), [...steps, ...sessions]));
  return [root, ...steps, ...sessions, ...calls];
}

function holds({ startMs, endMs }: TracedSpan, atMs: number): boolean {
  return startMs <= atMs && atMs <= endMs;
}

type Bare = Omit<TracedSpan, 'traceId' | 'parentId' | 'events'>;

function spanOfStep(runId: string, { step, cycle, startedAt, finishedAt, isSentBack }: TracedStep): Bare {
  return {
    spanId: spanIdOf(runId, step, cycle),
    name: `step ${step}`,
    isCall: false,
    startMs: startedAt.getTime(),
    endMs: finishedAt.getTime(),
    error: isSentBack ? 'sent back' : null,
    attributes: { 'moose.step': step, 'moose.cycle': cycle },
  };
}

function spanOfSession({
  id,
  purpose,
  name,
  state,
  exitCode,
  signal,
  startedAt,
  endedAt,
}: TracedSession): Bare {
  const isGood = state === 'exited' && exitCode === 0;
  return {
    spanId: spanIdOf(id),
    name: `${purpose} ${name}`,
    isCall: false,
    startMs: startedAt.getTime(),
    endMs: endedAt.getTime(),
    error: isGood ? null : (signal ?? `exit code ${exitCode ?? 'unknown'}`),
    attributes: {
      'moose.session.id': id,
      'moose.session.purpose': purpose,
      'moose.session.state': state,
      ...(purpose === 'agent' ? { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': name } : {}),
      ...(exitCode === null ? {} : { 'process.exit.code': exitCode }),
    },
  };
}

function spanOfCall(call: TracedCall): Bare {
  const {
    id,
    provider,
    model,
    status,
    failure,
    httpStatus,
    inputTokens,
    outputTokens,
    createdAt,
    settledAt,
  } = call;
  const modelName = model?.slice(model.indexOf('/') + 1) ?? 'unknown';
  return {
    spanId: spanIdOf(id),
    name: `chat ${modelName}`,
    isCall: true,
    startMs: createdAt.getTime(),
    endMs: settledAt.getTime(),
    error: failure,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': provider ?? model?.split('/')[0] ?? 'unknown',
      'gen_ai.request.model': modelName,
      'moose.service': call.serviceName,
      'moose.booked': status,
      'moose.cost_usd': usdOf(call.nanoUsd),
      ...(inputTokens === null ? {} : { 'gen_ai.usage.input_tokens': inputTokens }),
      ...(outputTokens === null ? {} : { 'gen_ai.usage.output_tokens': outputTokens }),
      ...(httpStatus === null ? {} : { 'http.response.status_code': httpStatus }),
      ...(failure === null ? {} : { 'error.type': failure }),
    },
  };
}
