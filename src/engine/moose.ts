// What the interfaces can ask of Moose. Everything here only uses the database; workers do the work.

import type * as wire from '../contract/contract.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import type { SharedReads } from '../stdx/async/shared-reads.ts';
import type { Clock } from '../stdx/clock.ts';
import type { Database } from '../store/database.ts';
import type { LimitInForce } from '../store/money/limits.ts';
import { countExecutors } from '../store/work/runs/executors.ts';
import { effectsOf } from '../store/work/sessions/effects.ts';
import {
  findWorkOrder,
  listWorkOrders,
  type WorkOrder,
  type WorkOrderFilter,
} from '../store/work/work-orders/work-orders.ts';
import { askInvites } from './access/ask-invites.ts';
import { askPush } from './access/ask-push.ts';
import { askTokens } from './access/ask-tokens.ts';
import { dailySummary } from './background/notify/daily-summary.ts';
import { actsOf } from './commands/acts.ts';
import { askEscalations } from './commands/answers/ask-escalations.ts';
import type { CriticalErrors } from './commands/answers/critical-errors.ts';
import { approve } from './commands/approve.ts';
import { cancel } from './commands/cancel.ts';
import { changeLimits, type LimitChange } from './commands/change-limits.ts';
import { decideGroupIfDue } from './commands/decide-group.ts';
import type { ProveTree } from './commands/merge/check-before-merge.ts';
import { isInConflict } from './commands/merge/in-conflict.ts';
import { type MergeDeps, merge } from './commands/merge/merge.ts';
import { pause, resume } from './commands/pause-and-resume.ts';
import { openPreview, type PreviewAsked } from './commands/previews/open-preview.ts';
import { askSchedules } from './commands/schedules/ask-schedules.ts';
import { type SentMessage, send } from './commands/send.ts';
import { type RetryOptions, retry, undo } from './commands/start-run.ts';
import { steerSpecs } from './commands/steer-spec.ts';
import { type KnownNames, refuseLacking, refuseUnknown } from './commands/submit/agent-choice.ts';
import { choicesPerCandidate } from './commands/submit/candidate-submissions.ts';
import type { Submission } from './commands/submit/submission.ts';
import { type Submitted, submit } from './commands/submit/submit.ts';
import { submitAgain } from './commands/submit/submit-again.ts';
import { undoSteps } from './commands/undo-words.ts';
import { askErrors } from './errors/ask-errors.ts';
import { askExperiments } from './learning/ask-experiments.ts';
import { askLearning } from './learning/ask-learning.ts';
import { askPatterns } from './learning/ask-patterns.ts';
import { askPolicy } from './learning/ask-policy.ts';
import type { CleanupRequest } from './pipeline/tracking/clean-up.ts';
import { askPrices } from './policy/prices/ask-prices.ts';
import { createKeyRing, type KeyRing } from './policy/secrets/key-ring.ts';
import { createProjectSecrets } from './policy/secrets/project-secrets.ts';
import type { Forges, PullRequest } from './ports/forge.ts';
import { askReconcile } from './reconcile/ask-reconcile.ts';
import { circuitSteering } from './recovery/circuit-steering.ts';
import { askBudget } from './run/budget/ask-budget.ts';
import { askForges } from './settings/ask-forges.ts';
import { askSettings } from './settings/ask-settings.ts';
import type { LiveSettings } from './settings/live-settings.ts';
import { askProjects } from './settings/projects/ask-projects.ts';
import type { AskPrepared } from './settings/projects/read-values.ts';
import { askSpecs } from './specs/ask-specs.ts';
import { askHealth } from './views/ask-health.ts';
import { specRunOf } from './views/ask-spec-runs.ts';
import { askWorkOrders } from './views/ask-work-orders.ts';
import { followEvents } from './views/follow-events.ts';
import { askMachines } from './views/machines.ts';
import { askPostmortem } from './views/postmortem/ask-postmortem.ts';
import { askTargets } from './views/targets.ts';
import { askTrends } from './views/trends.ts';
import type { EventRow } from './views/work-order/describe-event.ts';
import { showWorkOrder } from './views/work-order/show.ts';
import { viewWorkOrders } from './views/work-order/work-order-view.ts';
import type { WatchSettings } from './watch/watch-limits.ts';

export interface MooseDeps {
  database: Database;
  clock: Clock;
  forges: Forges;
  /** Retries calls to the forge as the recovery table says. */
  recovery: MergeDeps['recovery'];
  known: KnownNames;
  /** Who asks, for the events: `human:name`. */
  actor: string;
  /** The person for whom a program acts, if its token belongs to one: limits and questions are those of this person. */
  requester?: string;
  /** Receives critical errors that are reported from outside. */
  critical?: CriticalErrors;
  watch?: WatchSettings;
  /** If absent, the defaults with the changes that people made. */
  settings?: LiveSettings;
  /** The ID of this machine's data directory. */
  machine?: () => Promise<string>;
  /** Reads that this Moose shares with those of other actors. */
  reads?: SharedReads;
  /** Moose's own ports on this machine, which checks must not reach; if absent, no checks run before a merge. */
  ownPorts?: () => Promise<readonly number[]>;
  /** The address of previews; null or absent: they are off. */
  previews?: string | null;
  /** If absent, the key file in the data directory. */
  keyRing?: KeyRing;
  /** Ends what a request has begun, such as the checks before a merge, when this process stops. */
  signal: AbortSignal;
}

export type Moose = ReturnType<typeof createMoose>;

export function createMoose(deps: MooseDeps) {
  const { database, clock, actor } = deps;
  const find = (given: string) => database.run((query) => findWorkOrder(query, given));
  const workOrders = askWorkOrders(deps);
  const view = (order: WorkOrder): Promise<wire.WorkOrder> => workOrders.one(order.id);

  return {
    /** `id` is chosen by the caller, so that a repeated submission does not create a second work order. */
    submit: async (submission: Submission, given: { id?: WorkOrderId } = {}): Promise<Submitted> => {
      const lacking: string[] = [];
      // A command needs no agent and no model.
      const wishes = submission.command === undefined ? choicesPerCandidate(submission) : [];
      for (const wish of wishes) {
        await refuseUnknown(deps.known, wish);
        lacking.push(...(await refuseLacking(deps, wish, submission)));
      }
      const { order, warnings } = await submit(deps, submission, actor, {
        ...given,
        requester: deps.requester,
      });
      return { order, warnings: [...new Set([...lacking, ...warnings])] };
    },
    find,
    view: async (given: string) => view(await find(given)),
    list: async (filter: WorkOrderFilter): Promise<wire.WorkOrder[]> =>
      viewWorkOrders(database, await database.run((query) => listWorkOrders(query, filter)), clock.now()),
    show: (given: string): Promise<wire.WorkOrderRecord> => showWorkOrder(deps, given),
    ...steering(deps, find, view),
    ...watching(database),
    workOrders,
    errors: askErrors(deps),
    tokens: askTokens(deps),
    invites: askInvites(deps),
    push: askPush({ database, actor, keyRing: () => keyRingOf(deps) }),
    schedules: askSchedules(deps),
    escalations: askEscalations(deps),
    ...askHealth(deps),
    ...askMachines(deps),
    ...askTrends(deps),
    ...askLearning(deps),
    ...askPatterns(deps),
    ...askPolicy(deps),
    ...askExperiments(deps),
    ...askPostmortem(deps),
    ...askTargets(deps),
    specs: {
      ...askSpecs(deps),
      ...steerSpecs(deps),
      /** The progress of its approved plan; null if none is approved. */
      runOf: (given: string): Promise<wire.SpecRun | null> => specRunOf(deps, given),
    },
    projects: askProjects({ ...deps, prepared: askPrepared(deps) }),
    /** Changes the limits of the whole system, a person or a project, and returns all. @throws `LIMIT_NEEDED`, `PROJECT_NOT_FOUND` */
    limits: (change: LimitChange = {}): Promise<LimitInForce[]> => changeLimits(deps, change, actor),
    ...askBudget(deps),
    ...askPrices(deps),
    settings: askSettings(deps),
    forges: askForges(deps),
    /** Differences between the database and what it describes. */
    reconcile: askReconcile(deps),
    ...circuitSteering(database, actor),
    cleanup: cleanupOf(deps),
    /**
     * Today so far, if no day is given.
     * @throws PermanentError `DAY_INVALID`
     */
    summary: (day?: string) => database.run((query) => dailySummary(query, day)),
  };
}

/** Of this process's machine, and of the database. */
function cleanupOf({ database, clock, settings }: MooseDeps) {
  return async (wish: CleanupRequest, signal: AbortSignal): Promise<wire.Cleanup> => {
    if (settings === undefined) throw new TypeError('Without settings nobody knows what to delete');
    const { cleanUp } = await import('./pipeline/tracking/clean-up.ts');
    return cleanUp({ database, clock, settings: settings.current }, { ...wish, signal });
  };
}

function keyRingOf({ keyRing, settings }: MooseDeps): KeyRing {
  if (keyRing !== undefined) return keyRing;
  if (settings === undefined) throw new TypeError('Without a data directory there is no key of secrets');
  return createKeyRing({ dataDirectory: settings.current.dataDirectory });
}

function checkingOf(deps: MooseDeps): MergeDeps['checking'] {
  const { database, clock, settings, ownPorts, signal } = deps;
  if (settings === undefined || ownPorts === undefined) return undefined;
  const { current } = settings;
  const prove: ProveTree = async (asked) => {
    const { provingTree } = await import('./pipeline/verifying/together/prove-tree.ts');
    const secrets = createProjectSecrets(database, keyRingOf(deps));
    return provingTree({ database, clock, settings: current, secrets, ownPorts, signal }, asked);
  };
  return { settings: current, prove };
}

/** Loaded only when somebody asks: few commands need the pipeline. */
function askPrepared(deps: MooseDeps): AskPrepared | undefined {
  const { database, settings, signal } = deps;
  if (settings === undefined) return undefined;
  return async (project, commit) => {
    const { nextEntry } = await import('./workplace/prepared/next-entry.ts');
    const { current } = settings;
    const planned = {
      project,
      settings: current,
      order: { settings: {} },
      signal,
      secrets: createProjectSecrets(database, keyRingOf(deps)),
    };
    return nextEntry(planned, commit);
  };
}

/** The actions on a work order. Repeating an action is a success. */
function steering(
  deps: MooseDeps,
  find: (given: string) => Promise<WorkOrder>,
  view: (order: WorkOrder) => Promise<wire.WorkOrder>,
) {
  const { database, actor } = deps;
  return {
    merge: async (given: string): Promise<PullRequest> =>
      merge({ ...deps, checking: checkingOf(deps) }, await find(given), actor),
    retry: async (given: string, options: RetryOptions): Promise<wire.WorkOrder> => {
      await refuseUnknown(deps.known, options);
      const order = await find(given);
      if (isInConflict(order)) return view(await submitAgain(deps, order, options, actor));
      await retry(deps, order, options, actor);
      return view(await find(given));
    },
    approve: async (given: string, because?: string) => approve(deps, await find(given), actor, because),
    send: async (given: string, message: SentMessage) => send(deps, await find(given), message, actor),
    /** A link with which the caller looks at a running service, once. */
    preview: async (given: string, asked: PreviewAsked): Promise<wire.Preview> =>
      openPreview(deps, await find(given), asked),
    pause: async (given: string, because?: string) => pause(deps, await find(given), actor, because),
    resume: async (given: string, because?: string) => resume(deps, await find(given), actor, because),
    cancel: async (given: string) => {
      const order = await find(given);
      const how = await cancel(deps, order, actor);
      const { group } = order.settings;
      // The others of its group may have waited only for it, or are cancelled with it.
      if (group !== undefined) await decideGroupIfDue(deps, group.group);
      return how;
    },
    undo: async (given: string): Promise<wire.WorkOrder> => {
      await undo(deps, await find(given), actor);
      return view(await find(given));
    },
    undoPlan: async (given: string): Promise<wire.UndoPlan['steps']> => {
      const order = await find(given);
      return undoSteps(await database.run((query) => effectsOf(query, order.id)), order);
    },
    /** The actions that are possible on a work order, for any caller, and what each would do. */
    acts: async (given: string): Promise<wire.ActView[]> => {
      const order = await find(given);
      return database.run((query) => actsOf(query, order, actor));
    },
  };
}

type Named = Pick<WorkOrder, 'id'>;

/** The events of a work order, and the process that carries it out. */
function watching(database: Database) {
  return {
    /** Yields each event until the work order is settled. */
    follow: (
      order: Named,
      options: { afterId?: bigint; signal: AbortSignal; onEvent(event: EventRow): void },
    ) => followEvents(database, order.id, options),
    liveExecutors: () => database.run(countExecutors),
  };
}
