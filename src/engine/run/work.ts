// The value that is passed through the steps: the work order's current state, its run, and everything that a step may
// use.
import type { Logger } from 'pino';
import type { ProjectConfig } from '../../config-file/config-schema.ts';
import type { MooseError } from '../../domain/failure.ts';
import type { RunId, WorkOrderId } from '../../domain/ids.ts';
import type { RunStep, Step } from '../../domain/transitions.ts';
import type { StepResult } from '../../domain/work-order/step-result.ts';
import type { Slots } from '../../durable/slots.ts';
import type { PinnedImage } from '../../sessions/images/image-store.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Random } from '../../stdx/random.ts';
import type { Database, Query } from '../../store/database.ts';
import { holdFence, type Run } from '../../store/work/runs/runs.ts';
import type { WorkOrder } from '../../store/work/work-orders/work-orders.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
import type { ProjectSecrets } from '../policy/secrets/project-secrets.ts';
import type { Agent } from '../ports/agent.ts';
import type { Forges } from '../ports/forge.ts';
import type { Gateway } from '../ports/gateway.ts';
import type { Model } from '../ports/model.ts';
import type { Circuits } from '../recovery/circuits.ts';
import type { ErrorRecoveryManager } from '../recovery/error-recovery-manager.ts';
import type { Pressure } from '../recovery/pressure/pressure-gauge.ts';
import type { ProjectHere } from './project-here.ts';

export interface PipelineDeps {
  database: Database;
  logger: Logger;
  clock: Clock;
  random: Random;
  settings: EngineSettings;
  /** The ID of this machine's data directory. */
  machine: string;
  /** The labels of this process: it only does work that needs no other labels. */
  labels: readonly string[];
  agents: ReadonlyMap<string, Agent>;
  /** @throws ConfigurationError if the model has no provider, key or price */
  model(name: string): Model;
  forges: Forges;
  /** The only way to a model, for Moose and its agents. */
  gateway: Gateway;
  /** The keys with which this process calls models. */
  runKeys: { keyOf(work: Work): Promise<{ id: string; secret: string }> };
  /** The variables that people set for the sessions of projects. */
  secrets: ProjectSecrets;
  /**
   * Moose's own ports on this machine. They are blocked for checks that use the machine's network, if the kernel can do
   * that.
   */
  ownPorts(): Promise<readonly number[]>;
  circuits: Circuits;
  recovery: ErrorRecoveryManager;
  /** The pressure on this machine: under pressure, Moose skips what is not critical, and heavy work waits. */
  pressure: Pick<Pressure, 'current' | 'allows' | 'untilEased'>;
  /**
   * Says that the database may now differ from what it describes, so that reconciliation does not wait for its turn:
   * `here` on this machine, `far` on forges and remotes.
   */
  mayDiffer(where: 'here' | 'far'): void;
  /**
   * Marks a point of the run at which a crash could happen; used only by tests and chaos runs. A point is `step:what`,
   * such as `applying:committed`.
   */
  reached(point: string, runId: RunId): void;
}

export interface Work extends PipelineDeps {
  order: WorkOrder;
  project: ProjectHere;
  run: Run;
  slots: Slots;
  signal: AbortSignal;
  /** Aborted when this process takes no new work, because it will stop. */
  drains?: AbortSignal;
  actor: string;
  /** Variables that the repository adds to the environment of its checks; if absent, none. */
  checkVariables?: Readonly<Record<string, string>>;
  /** The hosts that the repository lists for sessions with network access; if absent, none. */
  egress?: ProjectConfig['egress'];
  /** The image of the sessions, before the step that fetches it has a result; if absent, that result decides. */
  image?: PinnedImage | null;
  /** The folder that checks see as their home; if absent, the home of all checks of the work order. */
  checksHome?: string;
  /** A process in the network of the worktree's services; if absent or null, each session has its own network. */
  daemonsNetwork?: () => Promise<number | null>;
}

/** How a step ends if it does not throw. */
export type StepEnd<S extends Step = RunStep> =
  | {
      end: 'done';
      result: StepResult<S>;
      /** Columns of the work order that this step has determined. */
      learned?: Partial<
        Pick<WorkOrder, 'baseBranch' | 'baseSha' | 'branch' | 'stackedOn' | 'pullRequestUrl' | 'isScripted'>
      >;
      /** Newly verified facts (R-PIPE-12). */
      facts?: readonly string[];
      /** Writes rows that belong to the result, in the transaction that closes the step. */
      also?(query: Query): Promise<void>;
    }
  /** The result is not good enough: the failure goes back to the Proposer. */
  | { end: 'refine'; result: StepResult<S>; failure: MooseError }
  /** The result is good, but a person has sent a message that nobody has read: another cycle, without a failure. */
  | {
      end: 'again';
      because: string;
      /** The failure that the ended cycle was to fix: the next cycle gets it too. */
      keepsFailure?: true;
    }
  /** The step has written everything itself, and the run has ended. */
  | { end: 'over' };

/** The run ends before its work is done. A person is asked in a review: `because` says why the run cannot go on. */
export type RunEnd =
  | { end: 'cancelled' }
  | {
      end: 'review';
      failure: MooseError;
      because?: string;
      /** Everything that the policy allows was tried and did not help (R-PIPE-2). */
      isExhausted?: boolean;
    };

/**
 * What follows a step, or the look between two steps. `go on`: another step in this process. `stop`: nothing more in this
 * process. `execute-run.ts` carries the decision out.
 */
export type RunDecision = 'go on' | 'stop' | RunEnd;

/** A transaction that takes effect only if this process still owns the run; `change` is applied to the run itself. */
export function fenced<T>(
  work: Work,
  write: (query: Query, run: Run) => Promise<T>,
  change?: Parameters<typeof holdFence>[3],
): Promise<T> {
  return work.database.transaction(
    async (query) => write(query, await holdFence(query, work.run.id, work.run.fence, change)),
    work.signal,
  );
}

/**
 * The same for a single statement of `src/store/work/runs/held-run.ts`, which needs no transaction: it is repeated after a
 * lost answer.
 */
export function whileHeld(
  { database, run, order, signal }: Work,
  write: (query: Query, holder: { runId: RunId; fence: number; workOrderId: WorkOrderId }) => Promise<void>,
): Promise<void> {
  const holder = { runId: run.id, fence: run.fence, workOrderId: order.id };
  return database.run((query) => write(query, holder), signal);
}

export type StepTable = { readonly [S in RunStep]: (work: Work) => Promise<StepEnd<S>> };
