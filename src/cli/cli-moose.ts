// What the commands ask of Moose. The routes of the HTTP interface answer it, in this process or on a server (`MOOSE_URL`).
import type {
  Budget,
  BudgetCheck,
  Circuit,
  CircuitReset,
  Diff,
  ErrorCard,
  ErrorGroups,
  ErrorsAsked,
  EscalationMeasures,
  Limits,
  LimitsChange,
  MergedPullRequest,
  Preview,
  Price,
  PriceCheck,
  Reproduction,
  ReproductionAsked,
  Session,
  Setting,
  WorkOrder,
  WorkOrderEvent,
} from '../contract/contract.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import type { Moose } from '../engine/moose.ts';
import type { RecoveryRow } from '../engine/policy/recovery-rows.ts';
import type { ListFilter } from '../store/work/work-orders/work-order-lists.ts';

export interface NamedOrder {
  id: WorkOrderId;
}

type Asked = Parameters<Moose['submit']>[0];

export interface FollowOptions {
  /** The last event that is known already. */
  afterId?: string | undefined;
  signal: AbortSignal;
  onEvent(event: WorkOrderEvent): void;
}

/** The setting of the recovery table in effect. */
export interface RecoveryTable extends Setting {
  value: RecoveryRow[];
}

/** What is counted or summed up over work orders. */
export interface MooseFigures
  extends Pick<
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
    | 'summary'
  > {
  /** Changes them first if a change is given. */
  limits(change?: LimitsChange): Promise<Limits['limits']>;
  budget(): Promise<Budget>;
  checkBudget(): Promise<BudgetCheck>;
  checkPrices(signal: AbortSignal): Promise<PriceCheck>;
  /** `all`: every version, not only those in effect. */
  prices(asked: { name?: string | undefined; all: boolean }): Promise<Price[]>;
  circuits(): Promise<Circuit[]>;
  circuit(key: string): Promise<Circuit>;
  resetCircuit(key: string): Promise<CircuitReset>;
  openCircuit(key: string): Promise<Circuit>;
}

/** Each answer is the same, whichever of the two gives it. */
export interface CliMoose
  extends MooseFigures,
    Pick<
      Moose,
      | 'view'
      | 'show'
      | 'retry'
      | 'undo'
      | 'undoPlan'
      | 'send'
      | 'liveExecutors'
      | 'schedules'
      | 'forges'
      | 'reconcile'
    > {
  submit(submission: Asked): Promise<{ order: NamedOrder; warnings: string[] }>;
  find(given: string): Promise<NamedOrder>;
  /** The whole change. */
  diff(given: string): Promise<Diff>;
  /** The pull request after its merge. */
  merge(given: string): Promise<MergedPullRequest>;
  approve(given: string, because?: string): Promise<unknown>;
  pause(given: string, because?: string): Promise<unknown>;
  resume(given: string, because?: string): Promise<unknown>;
  cancel(given: string): Promise<unknown>;
  /** A link to a running service; without a name, to the only one. */
  preview(given: string, service?: string): Promise<Preview>;
  follow(order: NamedOrder, options: FollowOptions): Promise<void>;
  isSettled(order: NamedOrder): Promise<boolean>;
  /** 0 if there is no event. */
  newestEventId(order: NamedOrder): Promise<string>;
  events(order: NamedOrder): Promise<WorkOrderEvent[]>;
  sessions(order: NamedOrder): Promise<Session[]>;
  tokens: Pick<Moose['tokens'], 'list' | 'create' | 'revoke'>;
  invites: Pick<Moose['invites'], 'list' | 'revoke'> & {
    create(given: Parameters<Moose['invites']['create']>[0]): ReturnType<Moose['invites']['create']>;
  };
  workOrders: Pick<Moose['workOrders'], 'output'> & {
    /** Newest first. */
    listed(question: ListFilter & { limit: number }): Promise<WorkOrder[]>;
  };
  errors: {
    one(given: string): Promise<ErrorCard>;
    list(asked: ErrorsAsked, limit: number): Promise<ErrorCard[]>;
    groups(asked: ErrorsAsked): Promise<ErrorGroups>;
    /** `asked`: the programs of the caller. */
    reproduction(id: string, asked: ReproductionAsked): Promise<Reproduction>;
  };
  escalations: Pick<
    Moose['escalations'],
    'one' | 'list' | 'answer' | 'handOn' | 'policies' | 'revokePolicy' | 'alerts' | 'resolveAlert'
  > & { measures(): Promise<EscalationMeasures> };
  specs: Moose['specs'];
  projects: Pick<Moose['projects'], 'list' | 'one' | 'values' | 'change' | 'add' | 'remove' | 'variables'>;
  settings: Pick<Moose['settings'], 'list' | 'one' | 'change' | 'unset' | 'history' | 'audit' | 'agents'> & {
    recovery(): Promise<RecoveryTable>;
  };
}
