// What the commands ask of Moose, answered by the local database or by a server over HTTP (`MOOSE_URL`).
import type { WorkOrderId } from '../domain/ids.ts';
import type { Moose } from '../engine/moose.ts';

export interface NamedOrder {
  id: WorkOrderId;
}

type Asked = Parameters<Moose['submit']>[0];
type FollowOptions = Parameters<Moose['follow']>[1];

/** What is counted or summed up over work orders. */
export type MooseFigures = Pick<
  Moose,
  | 'health'
  | 'machines'
  | 'cleanup'
  | 'stuck'
  | 'trends'
  | 'learning'
  | 'patterns'
  | 'excludeWork'
  | 'allowWork'
  | 'experiments'
  | 'startExperiment'
  | 'stopExperiment'
  | 'learnedPolicy'
  | 'calibration'
  | 'ownLog'
  | 'postmortem'
  | 'targets'
  | 'limits'
  | 'budget'
  | 'checkBudget'
  | 'prices'
  | 'recomputeCosts'
  | 'circuits'
  | 'circuit'
  | 'resetCircuit'
  | 'openCircuit'
  | 'summary'
>;

/** Each answer is the same, whichever of the two gives it. */
export interface CliMoose
  extends MooseFigures,
    Pick<
      Moose,
      | 'view'
      | 'show'
      | 'diff'
      | 'merge'
      | 'retry'
      | 'undo'
      | 'undoPlan'
      | 'send'
      | 'liveExecutors'
      | 'tokens'
      | 'invites'
      | 'schedules'
      | 'forges'
      | 'reconcile'
    > {
  submit(submission: Asked): Promise<{ order: NamedOrder; warnings: string[] }>;
  find(given: string): Promise<NamedOrder>;
  approve(given: string, because?: string): Promise<unknown>;
  pause(given: string, because?: string): Promise<unknown>;
  resume(given: string, because?: string): Promise<unknown>;
  cancel(given: string): Promise<unknown>;
  follow(order: NamedOrder, options: FollowOptions): Promise<void>;
  isSettled(order: NamedOrder): Promise<boolean>;
  newestEventId(order: NamedOrder): Promise<bigint>;
  events(order: NamedOrder): ReturnType<Moose['events']>;
  sessions(order: NamedOrder): Promise<SessionInBrief[]>;
  workOrders: Pick<Moose['workOrders'], 'listed' | 'output'>;
  errors: Pick<Moose['errors'], 'one' | 'list' | 'groups' | 'reproduction'>;
  escalations: Pick<
    Moose['escalations'],
    | 'one'
    | 'list'
    | 'measures'
    | 'answer'
    | 'handOn'
    | 'policies'
    | 'revokePolicy'
    | 'alerts'
    | 'resolveAlert'
  >;
  specs: Moose['specs'];
  projects: Pick<Moose['projects'], 'list' | 'one' | 'values' | 'change' | 'add' | 'remove' | 'variables'>;
  settings: Pick<
    Moose['settings'],
    'list' | 'one' | 'change' | 'unset' | 'history' | 'audit' | 'recovery' | 'agents'
  >;
}

type SessionInBrief = Pick<
  Awaited<ReturnType<Moose['sessions']>>[number],
  'id' | 'name' | 'purpose' | 'host' | 'endedAt' | 'viewer'
>;
