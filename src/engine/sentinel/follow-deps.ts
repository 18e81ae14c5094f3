// The dependencies of the code that follows pull requests.
import type { Logger } from 'pino';
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import type { PullRequestRow } from '../../store/work/pull-requests/pull-requests.ts';
import type { WorkOrder } from '../../store/work/work-orders/work-orders.ts';
import type { ErrorLog } from '../errors/error-log.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
import type { Forge, Forges } from '../ports/forge.ts';
import { askForge } from '../recovery/ask-forge.ts';
import type { ErrorRecoveryManager } from '../recovery/error-recovery-manager.ts';
import type { ProjectHere } from '../run/project-here.ts';
import type { Followed } from './next/followed.ts';

export interface FollowDeps {
  database: Database;
  forges: Forges;
  recovery: Pick<ErrorRecoveryManager, 'executeWithRecovery'>;
  clock: Clock;
  settings: EngineSettings;
  logger: Logger;
  errors: Pick<ErrorLog, 'record'>;
  /** Marks a point at which a crash could happen; used only by tests. */
  reached(point: string): void;
}

/** One look at one pull request. */
export interface LookContext extends FollowDeps {
  forge: Forge;
  row: PullRequestRow;
  /** What Moose has done about the pull request so far. */
  followed: Followed;
  /** The commit that Moose pushed last. */
  pushedSha: string;
  /** The forge's answer about remarks cannot be read: then a request to stop may be among them. */
  isUnread: boolean;
  order: WorkOrder;
  project: ProjectHere;
  signal: AbortSignal;
}

export function ask<T>(
  { recovery, forge, order, signal }: Pick<LookContext, 'recovery' | 'forge' | 'order' | 'signal'>,
  operation: string,
  call: () => Promise<T>,
): Promise<T> {
  return askForge({ recovery, forge, signal, context: { workOrderId: order.id } }, operation, call);
}
