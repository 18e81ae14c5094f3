// Cleans up what this machine left behind while others took over its work, or while its Moose was not running: stops
// processes, and removes the worktrees of finished work after preserving their content (R-SES-1, R-SES-3, R-PIPE-14).

import { join } from 'node:path';
import { shortId } from '../../../domain/ids.ts';
import { refSha } from '../../../git/read/revision.ts';
import { deleteBranch } from '../../../git/refs/branch.ts';
import { entryNames, interruptedNames } from '../../../git/worktree/worktree-entry.ts';
import { endSession } from '../../../sessions/end-session.ts';
import type { Clock } from '../../../stdx/clock.ts';
import { namesIn } from '../../../stdx/text/names-in.ts';
import type { Database, Query } from '../../../store/database.ts';
import { hasOpenAlert, openAlertKeys, resolveAlert } from '../../../store/failures/alerts.ts';
import { anyOf } from '../../../store/work/runs/due-jobs.ts';
import { type LeftWorktree, leftWorktreesOn, markEffect } from '../../../store/work/sessions/effects.ts';
import {
  hasUnreachableSession,
  leftSessionsOn,
  type SessionRow,
  unreachableByHost,
  updateSession,
} from '../../../store/work/sessions/session-rows.ts';
import { recordEvent } from '../../../store/work/work-orders/work-orders.ts';
import type { PeriodicJob } from '../../background/jobs/periodic-jobs.ts';
import { raiseAndNotify } from '../../background/notify/raise-and-notify.ts';
import type { EngineSettings } from '../../policy/engine-settings.ts';
import { effectFindings } from './failure-catalogue.ts';
import { removeKeptWorktree } from './remove-kept-worktree.ts';

export interface LeftoverDeps {
  database: Database;
  clock: Clock;
  settings: Pick<EngineSettings, 'host' | 'dataDirectory'>;
  /** The ID of this machine's data directory. */
  machine: string;
}

const everyMs = 60_000;
/** Maximum per round; the rest follows in the next round. */
const leftPerLookMax = 100;
const graceMs = 5_000;
const alertPrefix = 'sessions-unreachable:';

/** Sessions of this machine that nobody watches. */
export function leftSessions({ database, settings: { host }, machine }: LeftoverDeps, signal: AbortSignal) {
  return database.run((query) => leftSessionsOn(query, { host, machine }, leftPerLookMax), signal);
}

/** Worktrees of this machine whose work orders have ended, with nobody working on them. */
export async function leftWorktrees(deps: LeftoverDeps, signal: AbortSignal): Promise<LeftWorktree[]> {
  const there = await namesOfWorktrees(deps);
  const { host } = deps.settings;
  return deps.database.run((query) => leftWorktreesOn(query, { host, there, max: leftPerLookMax }), signal);
}

/** A process that is stopped while it makes a worktree may leave only the directory, or only git's entry for it. */
async function namesOfWorktrees({ settings: { dataDirectory } }: LeftoverDeps): Promise<string[]> {
  const parent = join(dataDirectory, 'worktrees');
  const named = [await namesIn(parent), await entryNames(parent), await interruptedNames(parent)];
  return [...new Set(named.flat())];
}

export async function clearSession(
  { database, clock }: LeftoverDeps,
  session: SessionRow,
  signal: AbortSignal,
): Promise<void> {
  const left = await endSession(session, { endReason: 'superseded', graceMs, signal });
  const wasAlive = left.state === 'stopped';
  await database.transaction(async (query) => {
    const endedAt = left.endedAt ?? clock.now();
    await updateSession(query, session.id, { ...left, endedAt, unreachableSince: null });
    await markEffect(query, `session:${session.id}`, 'undone');
    await recordEvent(query, {
      workOrderId: session.workOrderId,
      kind: 'session.cleared',
      actor: session.name,
      reason: `on ${session.host}: ${wasAlive ? 'it was still running and was stopped' : 'it had already ended'}`,
      detail: { sessionId: session.id, host: session.host },
    });
  }, signal);
}

/** Removes the worktree. Its branch stays, unless nothing was ever committed to it. */
export async function clearWorktree(
  { database }: Pick<LeftoverDeps, 'database'>,
  left: LeftWorktree,
  signal: AbortSignal,
): Promise<void> {
  const { repositoryPath, worktreePath, branch, baseSha, workOrderId } = left;
  const preserveAs = shortId(workOrderId);
  await removeKeptWorktree({ database }, { workOrderId, repositoryPath, worktreePath, signal });
  const expectedSha = await refSha(repositoryPath, `refs/heads/${branch}`, { signal });
  if (expectedSha !== null && expectedSha === baseSha)
    await deleteBranch({ repositoryPath, branch, expectedSha, preserveAs, signal });
  await database.run((query) => markEffect(query, left.key, 'undone'), signal);
}

/** Tells people about machines on which something may still run that nobody can stop from here. */
export function unreachableSessionsJob(database: Database): PeriodicJob {
  return {
    name: 'unreachable-sessions',
    everyMs,
    due: anyOf(hasUnreachableSession, hasOpenAlert(alertPrefix)),
    run: (signal) => database.transaction(reportUnreachable, signal),
  };
}

async function reportUnreachable(query: Query): Promise<void> {
  const hosts = await unreachableByHost(query);
  for (const { host, sessions, since } of hosts) {
    await raiseAndNotify(query, {
      key: alertPrefix + host,
      severity: 'medium',
      component: 'sessions',
      operation: 'reach',
      ...effectFindings.SESSIONS_UNREACHABLE({ sessions, host, since: since.toISOString() }),
      metadata: { host, sessions, since: since.toISOString() },
    });
  }
  const unreachable = new Set(hosts.map(({ host }) => alertPrefix + host));
  for (const key of await openAlertKeys(query, alertPrefix))
    if (!unreachable.has(key)) await resolveAlert(query, key, 'moose');
}
