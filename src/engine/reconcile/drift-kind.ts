// A kind of difference between the tables and what they describe: how it is detected, and what is done about it.
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
import type { Forges } from '../ports/forge.ts';
import type { WorldView } from './world-view.ts';

export interface ReconcileDeps {
  database: Database;
  clock: Clock;
  forges: Forges;
  settings: Pick<
    EngineSettings,
    'host' | 'dataDirectory' | 'finishedKeptMs' | 'stopGraceMs' | 'undonePerMinuteMax'
  >;
  /** The ID of this machine's data directory. */
  machine: string;
  /** The actor of the repair, for the events. */
  actor: string;
}

/** The data of one look. Everything in it is read at most once. */
export interface Look extends ReconcileDeps {
  now: Date;
  /** Anything younger may still be in progress, so it does not count as a difference yet. */
  before: Date;
  world: WorldView;
  signal: AbortSignal;
  /** The subjects that this look cannot check: open differences stay open. `cause`: the reason, if it is a failure. */
  leaveOut(isLeftOut: (subject: string) => boolean, cause?: unknown): void;
}

export interface Found {
  /** What it concerns, within its kind: an ID, a path, a branch. */
  subject: string;
  workOrderId?: WorkOrderId | null;
  what: string;
  evidence: string;
  /** Overrides the kind: a repair that is usually safe may not be possible here. */
  isSafe?: boolean;
  /** Checks the difference again, and changes nothing if it is gone. Null: there is no automatic repair. */
  act: (() => Promise<void>) | null;
}

/** The things that a kind compares the tables with. */
export const sides = [
  'runs',
  'processes',
  'worktrees',
  'branches',
  'forge',
  'money',
  'files',
  'queues',
] as const;
export type Side = (typeof sides)[number];

export interface DriftKind {
  name: string;
  side: Side;
  /** Who detects it: each machine for itself, or any one machine for all. */
  seenBy: 'machine' | 'all';
  /** What it is, and how it is detected; for the documentation. */
  means: string;
  repair: string;
  /** Moose repairs it without asking. */
  isSafe: boolean;
  /** The repair removes something, so many repairs at once wait until a person agrees (R-PIPE-14). */
  removes?: boolean;
  /** Asks another machine over the network, or reads what never ends to grow, so it is checked less often. */
  isSeldom?: boolean;
  /** Another alert already reports it. */
  isReportedElsewhere?: boolean;
  find(look: Look): Promise<Found[]>;
}
