// The dependencies of the code that answers remarks and takes issues.
import { isMooseError, type MooseError } from '../../../domain/failure.ts';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { ProjectSettings } from '../../../domain/project-settings/project-settings.ts';
import type { Clock } from '../../../stdx/clock.ts';
import type { Database } from '../../../store/database.ts';
import type { PullRequestRow } from '../../../store/work/pull-requests/pull-requests.ts';
import type { RemarkRow } from '../../../store/work/pull-requests/remarks.ts';
import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import type { Forge, Forges, PullRequest } from '../../ports/forge.ts';
import { askForge as throughCircuit } from '../../recovery/ask-forge.ts';
import type { ErrorRecoveryManager } from '../../recovery/error-recovery-manager.ts';
import { isProgram } from './remarks-judge.ts';

export interface RemarksDeps {
  database: Database;
  forges: Forges;
  recovery: Pick<ErrorRecoveryManager, 'executeWithRecovery'>;
  clock: Clock;
  /** Marks a point at which a crash could happen; used only by tests. */
  reached(point: string): void;
}

/** Compares the branches of the pull request, and returns its row with what was found. */
export type CompareBranches = (told: PullRequest) => Promise<Pick<PullRequestRow, 'followed'>>;

/** One look at the remarks on one pull request. */
export interface RemarksContext extends RemarksDeps {
  /** Absent: what the last look found is all that is known. */
  compare?: CompareBranches | undefined;
  forge: Forge;
  row: PullRequestRow;
  order: WorkOrder;
  settings: ProjectSettings;
  signal: AbortSignal;
  /** Why the forge did not take an answer of this look. */
  unanswered: MooseError[];
}

interface Asks extends Pick<RemarksDeps, 'recovery'> {
  forge: Forge;
  signal: AbortSignal;
  workOrderId?: WorkOrderId | undefined;
}

export function askForge<T>(
  { recovery, forge, signal, workOrderId }: Asks,
  operation: string,
  call: () => Promise<T>,
): Promise<T> {
  const context = workOrderId === undefined ? {} : { workOrderId };
  return throughCircuit({ recovery, forge, signal, context }, operation, call);
}

/** The host asks for a pause, or its circuit is open: nothing else is asked either. */
export function rests({ code }: Pick<MooseError, 'code'>): boolean {
  return code === 'FORGE_PAUSED' || code === 'CIRCUIT_OPEN';
}

/**
 * False if the forge does not take the answer, as in a locked discussion: people still see what was done, CI is
 * followed, and the next look tries again.
 */
export async function hasAnswered(context: RemarksContext, answer: () => Promise<unknown>): Promise<boolean> {
  try {
    await answer();
    return true;
  } catch (cause) {
    if (context.signal.aborted || !isMooseError(cause) || rests(cause)) throw cause;
    context.unanswered.push(cause);
    return false;
  }
}

/** The actor for this login, which the forge has verified. A program named by the project has no rights of a person. */
export function actorOf(
  { author, host }: Pick<RemarkRow, 'author' | 'host'>,
  programs: readonly string[] = [],
): string {
  const name = author.replace(/[^\p{L}\p{N}_.[\]-]/gu, '');
  return `${isProgram(author, programs) ? 'api' : 'human'}:${name}@${host}`;
}
