// Records every error (R-FAIL-6): on disk before `record` returns, a row soon after.
import type { MooseError } from '../../domain/failure.ts';
import type { RunId, SessionId, WorkOrderId } from '../../domain/ids.ts';
import type { Step } from '../../domain/transitions.ts';
import type { RecoveryAct } from '../policy/recovery-policy.ts';

export interface ErrorContext {
  workOrderId?: WorkOrderId;
  runId?: RunId;
  sessionId?: SessionId;
  step?: Step;
  attempt?: number;
  /** What follows the failure. */
  strategy?: RecoveryAct;
  /** The rule that decided the failure class, with its confidence in [0, 1]. */
  rule?: string;
  confidence?: number;
}

export interface RecordedError {
  /** The ID of its row in `error_events`: a version 7 UUID. */
  readonly id: string;
  /** Reports the outcome; only the first call has an effect. */
  resolved(isRecovered: boolean, retryCount?: number): void;
}

export interface ErrorLog {
  /** Never throws and never waits: the error is in the journal when it returns, and becomes a row in a batch. */
  record(error: MooseError, context?: ErrorContext): RecordedError;
  /** Resolves when everything recorded so far is in the database; waits for the database without a limit. */
  flush(): Promise<void>;
  /** Delivers what can be delivered now; the rest stays in the journal for the next process. */
  close(): Promise<void>;
  /** Number of entries that are in the journal but not yet in the database. */
  readonly waiting: number;
}
