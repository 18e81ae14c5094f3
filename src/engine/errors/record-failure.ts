// Writes a step's failure in the transaction that decides how to handle it (R-FAIL-6).
import type { MooseError } from '../../domain/failure.ts';
import { newId, type RunId, type SessionId, type WorkOrderId } from '../../domain/ids.ts';
import type { MachineState } from '../../domain/machine/machine-state.ts';
import type { Step } from '../../domain/transitions.ts';
import type { Query } from '../../store/database.ts';
import { type ErrorEventRow, insertErrorEvents } from '../../store/failures/error-events.ts';
import { storableText, toJson } from '../../store/storable.ts';
import type { RecoveryAct } from '../policy/recovery-policy.ts';
import type { ErrorContext } from './error-log.ts';
import { fingerprint } from './fingerprint.ts';
import { machineNow } from './machine-now.ts';
import { isWhole, processEvidence } from './process-evidence.ts';
import { storableValue } from './storable-value.ts';

export interface FailureContext {
  workOrderId: WorkOrderId;
  runId?: RunId;
  sessionId?: SessionId;
  step: Step | null;
  attempt: number;
  /** What follows the failure. */
  strategy: RecoveryAct;
}

/** Returns the row's ID, for reporting the outcome later. */
export async function recordFailure(
  query: Query,
  error: MooseError,
  { step, ...context }: FailureContext,
): Promise<string> {
  const at = new Date();
  const id = newId<string>(at);
  const made = { id, at, machine: machineNow() };
  await insertErrorEvents(query, [errorRow(error, { ...context, ...(step ? { step } : {}) }, made)]);
  return id;
}

const messageCharsMax = 8_000;
const stackCharsMax = 16_000;
/** A model's complete answer fits into this. If a log is longer, only its end is kept. */
const textCharsMax = 128 * 1024;
/** For all metadata of one row, in characters of JSON; above this, long texts are cut. */
const metadataCharsMax = 384 * 1024;
/** What is kept of a long text if the whole metadata is too long. */
const shortTextCharsMax = 2_000;

/** Above this, the database would reject the index entry, and no person would read it. */
const nameCharsMax = 200;

/** Converts a failure into its row with every column filled, whatever its metadata contains. Pure. */
export function errorRow(
  error: MooseError,
  context: ErrorContext,
  { id, at, machine }: { id: string; at: Date; machine?: MachineState },
): ErrorEventRow {
  return {
    id,
    timestamp: at.toISOString(),
    errorType: name(error.code),
    severity: error.severity,
    component: name(error.component),
    operation: name(error.operation),
    errorMessage: storableText(error.message.slice(0, messageCharsMax)),
    stack: storableText(stackOf(error)),
    failureClass: error.failureClass,
    category: error.category,
    type: error.type,
    recoverability: error.recoverability,
    retryable: error.retryable,
    fallbackAvailable: error.fallbackAvailable,
    rule: context.rule ?? (typeof error.metadata.rule === 'string' ? error.metadata.rule : null),
    confidence: confidenceOf(context.confidence ?? error.metadata.confidence),
    workOrderId: context.workOrderId ?? idOrNull(error.workOrderId),
    runId: context.runId ?? null,
    sessionId: context.sessionId ?? idOrNull(error.metadata.sessionId),
    step: context.step ?? null,
    attempt: context.attempt ?? null,
    fingerprint: fingerprint(error),
    recoveryStrategy: context.strategy ?? null,
    metadata: metadataOf(error),
    ...(machine === undefined ? {} : { machine: toJson(machine) }),
  } as ErrorEventRow;
}

/** Adds advice, and for a process's failure the evidence in one form, to the metadata of the error. */
function metadataOf(error: MooseError): string {
  const evidence = processEvidence(error);
  const whole = {
    ...error.metadata,
    ...(error.advice === undefined ? {} : { advice: error.advice }),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...causeOf(error),
    ...(evidence ? { process: evidence, hasWholeEvidence: isWhole(evidence) } : {}),
  };
  const json = toJson(storableValue(whole, textCharsMax));
  return json.length <= metadataCharsMax
    ? json
    : toJson({ ...(storableValue(whole, shortTextCharsMax) as object), isCut: true });
}

function causeOf({ cause }: MooseError): { cause?: { name: string; message: string; code?: string } } {
  if (!(cause instanceof Error)) return {};
  const code = 'code' in cause && typeof cause.code === 'string' ? { code: cause.code } : {};
  return { cause: { name: cause.name, message: cause.message, ...code } };
}

function name(text: string): string {
  return storableText(text.slice(0, nameCharsMax));
}

function stackOf(error: MooseError): string {
  const stack = (error.cause instanceof Error ? error.cause.stack : undefined) ?? error.stack ?? '';
  return stack.slice(0, stackCharsMax);
}

function confidenceOf(given: unknown): number | null {
  return typeof given === 'number' && given >= 0 && given <= 1 ? given : null;
}

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** An error may contain anything as an ID, but an ID column accepts only valid IDs. */
function idOrNull(value: unknown): string | null {
  return typeof value === 'string' && uuid.test(value) ? value : null;
}
