// How failures are named: the terms of the contract (R-FAIL-2, R-FAIL-3) and the one error hierarchy (R-FAIL-1).

export const failureClasses = [
  'compile_error',
  'contract_violation',
  'test_fail',
  'lint_error',
  'orchestration_error',
  'budget_exceeded',
  'dependency_missing',
  'timeout',
  'unknown',
] as const;
export type FailureClass = (typeof failureClasses)[number];

export const severities = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

export const failureCategories = ['transient', 'permanent', 'configuration', 'external'] as const;
export type FailureCategory = (typeof failureCategories)[number];

/** The kind of problem (R-FAIL-2). */
export const failureTypes = [
  'network',
  'process',
  'coordination',
  'resource',
  'validation',
  'timeout',
] as const;
export type FailureType = (typeof failureTypes)[number];

export const recoverabilities = ['recoverable', 'degradable', 'fatal'] as const;
export type Recoverability = (typeof recoverabilities)[number];

/** The data that every failed subprocess must have (R-FAIL-5); `null` means missing, never empty. */
export interface ProcessEvidence {
  command: string;
  exitCode: number | null;
  signal: string | null;
  stdoutTail: string | null;
  stderrTail: string | null;
  durationMs: number;
}

export interface MooseErrorFields {
  /** Stable, SCREAMING_SNAKE_CASE; what programs and documents refer to. */
  code: string;
  /** What happened, in one sentence, for a person. */
  message: string;
  /** What that person can do about it, in one sentence. */
  advice?: string;
  component: string;
  operation: string;
  workOrderId?: string;
  severity?: Severity;
  failureClass?: FailureClass;
  /** If absent, it is derived from class, category and component. */
  type?: FailureType;
  recoverability?: Recoverability;
  retryable?: boolean;
  /** The provider's request: do not retry before this many milliseconds. */
  retryAfterMs?: number;
  metadata?: Record<string, unknown>;
  cause?: unknown;
}

/**
 * The base class of every error that crosses a component's boundary. Distinguish by `code` and `category`, never by
 * message.
 */
export class MooseError extends Error {
  readonly isMooseError = true;
  readonly code: string;
  readonly advice: string | undefined;
  readonly component: string;
  readonly operation: string;
  readonly workOrderId: string | undefined;
  readonly severity: Severity;
  readonly category: FailureCategory;
  readonly failureClass: FailureClass;
  readonly type: FailureType;
  readonly recoverability: Recoverability;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly metadata: Record<string, unknown>;
  /** Whether another way exists after it: another model or agent, or going on without what failed. Recovery says so. */
  fallbackAvailable = false;
  /** Whether the failure has a row in `error_events`. Set by the code that wrote the row, once that is committed. */
  isRecorded = false;

  constructor(category: FailureCategory, fields: MooseErrorFields) {
    super(fields.message, { cause: fields.cause });
    this.name = new.target.name;
    this.code = fields.code;
    this.advice = fields.advice;
    this.component = fields.component;
    this.operation = fields.operation;
    this.workOrderId = fields.workOrderId;
    this.severity = fields.severity ?? 'medium';
    this.category = category;
    this.failureClass = fields.failureClass ?? 'orchestration_error';
    this.retryable = fields.retryable ?? category === 'transient';
    this.retryAfterMs = fields.retryAfterMs;
    this.metadata = fields.metadata ?? {};
    this.type = fields.type ?? typeOf(this);
    this.recoverability = fields.recoverability ?? recoverabilityOf(this);
  }
}

const networkComponents = new Set(['models', 'forges', 'notifiers', 'api', 'access', 'providers']);
const processComponents = new Set(['agents', 'git', 'sessions', 'process']);
/** Classes of failures in the produced change, not in producing it. */
const classesOfTheWork = new Set<FailureClass>([
  'compile_error',
  'contract_violation',
  'test_fail',
  'lint_error',
]);

type Named = Pick<MooseError, 'component' | 'category' | 'failureClass'>;

function typeOf({ component, category, failureClass }: Named): FailureType {
  if (failureClass === 'timeout') return 'timeout';
  if (failureClass === 'budget_exceeded') return 'resource';
  if (failureClass === 'dependency_missing') return 'resource';
  if (classesOfTheWork.has(failureClass)) return 'validation';
  if (category === 'external') return 'network';
  if (networkComponents.has(component)) return category === 'transient' ? 'network' : 'validation';
  if (processComponents.has(component)) return 'process';
  return category === 'configuration' ? 'validation' : 'coordination';
}

/** As in the classifier: recoverable by an agent or by time, recoverable by another party, or fatal for the work. */
function recoverabilityOf({ category, failureClass }: Named): Recoverability {
  if (category === 'transient' || classesOfTheWork.has(failureClass)) return 'recoverable';
  if (category === 'external' || failureClass === 'budget_exceeded') return 'degradable';
  return 'fatal';
}

/** The same operation may succeed later. */
export class TransientError extends MooseError {
  constructor(fields: MooseErrorFields) {
    super('transient', fields);
  }
}

/** The change, or the request, must be different. */
export class PermanentError extends MooseError {
  constructor(fields: MooseErrorFields) {
    super('permanent', fields);
  }
}

/** Something on the machine or in the settings must change; `advice` says what. */
export class ConfigurationError extends MooseError {
  constructor(fields: MooseErrorFields & { advice: string }) {
    super('configuration', fields);
  }
}

/** A third party must act: billing, quota, outage. */
export class ExternalServiceError extends MooseError {
  constructor(fields: MooseErrorFields) {
    super('external', fields);
  }
}

export function isMooseError(value: unknown): value is MooseError {
  return value instanceof Error && 'isMooseError' in value && value.isMooseError === true;
}
