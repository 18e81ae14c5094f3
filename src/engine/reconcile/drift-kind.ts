// A kind of difference between the tables and the world: how it is seen, and what is done about it.
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
  /** Who repairs, for the events. */
  actor: string;
}

/** What one look sees. Everything in it is read at most once. */
export interface Look extends ReconcileDeps {
  now: Date;
  /** What is younger may still be on its way, and is no difference yet. */
  before: Date;
  world: WorldView;
  signal: AbortSignal;
}

export interface Found {
  /** What it is about, within its kind: an ID, a path, a branch. */
  subject: string;
  workOrderId?: WorkOrderId | null;
  what: string;
  evidence: string;
  /** Overrides the kind: a repair that is usually safe may not be possible here. */
  isSafe?: boolean;
  /** Checks again what it was found by, and changes nothing if that is over. Null: a person can only look. */
  act: (() => Promise<void>) | null;
}

/** What a kind compares the tables with. */
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
  /** Who sees it: each machine for itself, or any one for all. */
  seenBy: 'machine' | 'all';
  /** What it is, and how it is seen; for the documentation. */
  means: string;
  repair: string;
  /** Moose repairs it by itself. */
  isSafe: boolean;
  /** Its repair removes something, so many at once are held back until a person agrees (R-PIPE-14). */
  removes?: boolean;
  /** Asks another machine over the network: seen less often. */
  isFar?: boolean;
  /** Another alert tells of it. */
  isToldElsewhere?: boolean;
  find(look: Look): Promise<Found[]>;
}
