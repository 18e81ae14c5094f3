// Computes where the time of work orders went, from the recorded events.
//
// For one work order that runs alone, each instant from `submit` to the commit that completes it is assigned to the
// first of these that covers it: the model (as the provider saw the call), the programs of the agent and the checks,
// git processes. The rest is Moose's own time. It includes: waiting in the queue, all statements and their commits,
// starting the wrapper of a session and noticing its end, connecting to the provider and reading its answer, the files
// that Moose writes, and Moose's code.
//
// Limits of the method: a git process counts from before the fork, which blocks Moose (`forks` has that time), until
// Moose has noticed its end, so that Moose's code that runs meanwhile counts as git's. The end of a program is known to
// a millisecond, from its wrapper's record.

import { sql } from 'kysely';
import type { Database } from '../../src/store/database.ts';
import { type Interval, lengthMs, minus, partition, union } from '../measuring/intervals.ts';
import type { FinishedWorkOrder, MooseUnderTest } from './moose-under-test.ts';
import type { ObservedStatement } from './observe-statements.ts';

/** Everything that was recorded between two instants, by kind. */
export interface Seen {
  model: Interval[];
  agent: Interval[];
  check: Interval[];
  git: Interval[];
  /** From the start of the wrapper to the start of the program. */
  sessionStart: Interval[];
  /** Statements on Moose's own connections, without periodic checks. */
  statements: Interval[];
  /** From the times in the sessions' rows, which begin before the wrapper starts. */
  sessionRows: Interval[];
  /** The times in which forking a process blocked this one. */
  forks: Interval[];
  transactions: number;
}

export interface Account {
  wallMs: number;
  ownMs: number;
  /** Like `ownMs`, but with sessions measured by their rows: then the cost of starting them is not Moose's. */
  ownByRowsMs: number;
  partsMs: Record<
    'model' | 'agent' | 'check' | 'git' | 'session start' | 'database' | 'queue' | 'rest',
    number
  >;
  forkMs: number;
  gitProcesses: number;
  statements: number;
  transactions: number;
}

interface SessionRow extends Interval {
  purpose: 'agent' | 'check';
  directory: string;
}

export async function seenWithin(moose: MooseUnderTest, whole: Interval): Promise<Seen> {
  const rows = await sessionsWithin(moose.opened.database, whole);
  const isWithin = ({ startMs }: { startMs: number }) => startMs >= whole.startMs && startMs <= whole.endMs;
  const closed = ({ startMs, endMs }: { startMs: number; endMs: number | null }) => ({
    startMs,
    endMs: endMs ?? whole.endMs,
  });
  const processes = moose.processes.seen.filter(isWithin);
  const started = processes.filter(({ kind }) => kind === 'session');
  const programsOf = (purpose: SessionRow['purpose']) =>
    rows
      .filter((row) => row.purpose === purpose)
      .map((row) => {
        const releasedMs = started.find(({ what }) => what === row.directory)?.releasedMs ?? row.startMs;
        return { startMs: releasedMs, endMs: Math.max(releasedMs, row.endMs) };
      });
  const statements = moose.statements.seen.filter((one) => isWithin(one) && isOfAWorkOrder(one));
  return {
    model: moose.calls.filter(isWithin),
    agent: programsOf('agent'),
    check: programsOf('check'),
    git: processes.filter(({ kind }) => kind === 'git').map(closed),
    sessionStart: started.map(({ startMs, releasedMs }) => ({ startMs, endMs: releasedMs ?? startMs })),
    statements: statements.map(closed),
    sessionRows: rows,
    forks: processes.map(({ startMs, forkedMs }) => ({ startMs, endMs: forkedMs })),
    transactions: statements.filter(({ text }) => text === 'commit').length,
  };
}

/** Excludes the checks for dead processes and the polls of the queue, which happen with or without work. */
function isOfAWorkOrder({ application, text }: ObservedStatement): boolean {
  return (
    (application === 'moose' || application === 'moose locks') &&
    !/from executors e\b|from runs (?:r\b|where executor)/.test(text)
  );
}

async function sessionsWithin(database: Database, { startMs, endMs }: Interval): Promise<SessionRow[]> {
  const { rows } = await database.run((query) =>
    sql<SessionRow>`select purpose, directory, extract(epoch from started_at)::float8 * 1000 as start_ms,
        extract(epoch from ended_at)::float8 * 1000 as end_ms
      from sessions where started_at between to_timestamp(${startMs / 1_000}) and to_timestamp(${endMs / 1_000})`.execute(
      query,
    ),
  );
  return rows;
}

/** For a work order that ran alone: everything that was recorded meanwhile belongs to it. */
export async function accountOf(moose: MooseUnderTest, order: FinishedWorkOrder): Promise<Account> {
  const seen = await seenWithin(moose, order);
  if (seen.git.length === 0)
    throw new Error('No git was seen: this Node does not tell of the processes that it starts');
  const claim = moose.statements.seen.find(
    ({ startMs, text }) => startMs > order.submittedMs && /update runs r set fence/.test(text),
  );
  const queue = [{ startMs: order.submittedMs, endMs: claim?.startMs ?? order.submittedMs }];
  const foreign = [...seen.model, ...seen.git];
  const partsMs = partition(order, [
    ['model', seen.model],
    ['agent', seen.agent],
    ['check', seen.check],
    ['git', seen.git],
    ['session start', seen.sessionStart],
    ['database', seen.statements],
    ['queue', queue],
  ]);
  return {
    wallMs: order.endMs - order.startMs,
    ownMs: ownMs(order, [...foreign, ...seen.agent, ...seen.check]),
    ownByRowsMs: ownMs(order, [...foreign, ...seen.sessionRows]),
    partsMs,
    forkMs: lengthMs(seen.forks),
    gitProcesses: seen.git.length,
    statements: seen.statements.length,
    transactions: seen.transactions,
  };
}

function ownMs(whole: Interval, foreign: readonly Interval[]): number {
  return lengthMs(minus([whole], union(foreign)));
}
