// Runs one process of a work order exactly once: the row comes first, a process that outlived Moose is adopted, and one that
// has ended does not start again (R-SES-1 to 3).
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionWay } from '../../../domain/agents/login.ts';
import { newId, type SessionId } from '../../../domain/ids.ts';
import {
  isEndUnknown,
  type SessionEnd,
  type SessionPurpose,
  type SessionState,
  type StopReason,
} from '../../../domain/machine/session.ts';
import { readySessionRepository } from '../../../git/sessions/session-repository.ts';
import { noteSessionsCommits } from '../../../git/sessions/take-over-commits.ts';
import { findProcess } from '../../../sessions/find-process.ts';
import { findSession } from '../../../sessions/find-session.ts';
import { isolate } from '../../../sessions/isolation/isolate.ts';
import { usedBy } from '../../../sessions/limits/session-group.ts';
import type { ProcessHandle } from '../../../sessions/process-handle.ts';
import { startProcess } from '../../../sessions/start-process.ts';
import { stopProcess } from '../../../sessions/stop-process.ts';
import { startViewer } from '../../../sessions/viewer.ts';
import { isLeftBehind, watchProcess } from '../../../sessions/watch-process.ts';
import { sleep } from '../../../stdx/async/sleep.ts';
import type { Query } from '../../../store/database.ts';
import { intendEffect, markEffect } from '../../../store/work/sessions/effects.ts';
import { intendSession, type SessionRow, updateSession } from '../../../store/work/sessions/session-rows.ts';
import { recordEnd, recordStart } from '../../../store/work/sessions/session-steps.ts';
import { doingPart } from '../../errors/current-work.ts';
import { CancelRequested } from '../../run/cancel.ts';
import { sessionKey } from '../../run/effect-keys.ts';
import { isHere } from '../../run/session-here.ts';
import { fenced, type Work } from '../../run/work.ts';
import { containerFor } from '../container/project-image.ts';
import { assertMayBegin, assertNotHeld } from '../suspend.ts';
import { endOthers } from './end-left.ts';
import { keepIsolation } from './keep-isolation.ts';
import { assertBegan, neverStarted } from './never-began.ts';
import { endOf, isOfEarlierBoot, leaveBehind, leftBehindEnd } from './recorded-session.ts';
import {
  assertListed,
  isListed,
  type NetworkOfSession,
  networkFor,
  refusedBy,
  reportRefused,
} from './session-egress.ts';
import { commandLine, maskAfter, noteRights, sessionFiles } from './session-files.ts';
import { limitedStart, withinLimits } from './session-limits.ts';
import { notePlace } from './session-place.ts';
import { storeCancelled, storeMeanwhile, storeRest } from './store-output.ts';
import { noteSettings, reportTampering } from './tampering.ts';
import { noteGitContent, writtenBy } from './tell-written.ts';

export interface Supervised {
  purpose: SessionPurpose;
  name: string;
  attempt: number;
  cwd: string;
  wallClockMs: number;
  /** Called only if the process must be started, never for an adopted or ended process. */
  prepare(session: SessionRow): Promise<{
    argv: readonly [string, ...string[]];
    env: Readonly<Record<string, string>>;
    /** Folders besides the worktree and the home that the process writes to. */
    writes?: readonly string[];
    /** Files and folders besides those of its program that the process reads. */
    reads?: readonly string[];
  }>;
  /**
   * The only way out of the process, if the machine can enforce it (R-BUD-6): the gateway, the machine's network, or only
   * these hosts, without which nothing is started.
   */
  network: NetworkOfSession;
  /** How an agent reaches its model; if absent, it calls none. */
  way?: SessionWay | null;
  /** True if the session runs no code of the project, and therefore does not need its image. */
  isOutsideImage?: true;
  /** The process is stopped after this long without output; if absent, the settings apply. */
  silenceMs?: number;
  /** The address at which people open the service. */
  previewUrl?: string | null;
  /** Observes the process while it runs; if it returns a reason, the process is stopped. */
  watch?: ((session: SessionRow) => { verdict(): StopReason | null; close(): Promise<void> }) | undefined;
  /** Called in the transaction that confirms the start. */
  onStart?(query: Query, row: SessionRow): Promise<void>;
  /** Called in the transaction that records the end. */
  onEnd?(query: Query, end: SessionEnd, row: SessionRow): Promise<void>;
}

interface Ended {
  session: SessionRow;
  end: SessionEnd;
}

export async function supervise(work: Work, asked: Supervised): Promise<Ended> {
  const hasOpen = await assertMayBegin(work, asked);
  // The secrets must be known before anything can print them; a machine that cannot read them runs nothing.
  await work.secrets.of(work.project.id, work.signal);
  const { session, isNew } = await intend(work, asked);
  return doingPart({ sessionId: session.id }, async () => {
    const ended = await runToEnd(work, asked, session, { isNew, hasOpen });
    assertBegan(ended.session, ended.end);
    return ended;
  });
}

async function runToEnd(
  work: Work,
  asked: Supervised,
  session: SessionRow,
  { isNew, hasOpen }: { isNew: boolean; hasOpen: boolean },
): Promise<Ended> {
  if (session.state === 'exited' || session.state === 'stopped' || session.state === 'lost') {
    await reportTampering(work, session);
    return { session, end: isOfEarlierBoot(session, work) ? leftBehindEnd(session) : endOf(session) };
  }
  if (!isHere(session, work)) return leaveBehind(work, session, asked.onEnd);
  const found = isNew ? null : await findSession(session, { graceMs: work.settings.stopGraceMs });
  if (found === 'lost') return ended(work, session, leftBehindEnd(session), asked);
  // A new session has just been asked whether it may begin. An older one may have been intended by a process that died
  // before it could start it, and a person may have paused the work since.
  if (!isNew && !found) await assertNotHeld(work);
  if (!found && hasOpen && asked.purpose !== 'service') await endOthers(work, session);
  const handle = found ?? (await start(work, session, asked));
  if (session.state !== 'running') await confirm(work, session, handle, asked);
  const end =
    found !== null && (await isLeftBehind(handle))
      ? leftBehindEnd(session)
      : await watch(work, session, handle, asked);
  return ended(work, session, end, asked);
}

async function ended(work: Work, session: SessionRow, end: SessionEnd, asked: Supervised) {
  await maskAfter(work, session);
  if (work.order.branch !== null) await noteSessionsCommits(asked.cwd, work.order.branch);
  // Must happen before the end is recorded: whoever sees the end can then read all of the output.
  await storeRest(work, session, { areSecretsKnown: true });
  const finished = await finish(work, session, end, asked);
  await reportTampering(work, session);
  return finished;
}

async function intend(work: Work, asked: Supervised): Promise<{ session: SessionRow; isNew: boolean }> {
  const { purpose, name, attempt, wallClockMs, previewUrl = null, way = null } = asked;
  const id = newId<SessionId>(work.clock.now());
  return fenced(work, async (query) => {
    const row = await intendSession(query, {
      id,
      workOrderId: work.order.id,
      runId: work.run.id,
      purpose,
      name,
      cycle: work.run.cycle,
      attempt,
      host: work.settings.host,
      machine: work.machine,
      directory: join(work.settings.dataDirectory, 'sessions', id),
      command: '',
      state: 'intended',
      timeLimitMs: wallClockMs,
      previewUrl,
      way,
    });
    if (row.id === id) {
      await intendEffect(query, {
        workOrderId: work.order.id,
        runId: work.run.id,
        kind: 'session',
        key: sessionKey(row.id),
        detail: { directory: row.directory, host: row.host, machine: row.machine, name },
      });
    }
    return { session: row, isNew: row.id === id };
  });
}

async function start(work: Work, session: SessionRow, asked: Supervised): Promise<ProcessHandle> {
  try {
    // A process may print secrets, so only its owner can read the output.
    await mkdir(session.directory, { recursive: true, mode: 0o700 });
    const { argv: wanted, env: given, writes = [], reads = [] } = await asked.prepare(session);
    await readySessionRepository({
      repositoryPath: work.project.repositoryPath,
      worktreePath: asked.cwd,
      signal: work.signal,
    });
    const container = asked.isOutsideImage ? null : await containerFor(work);
    const network = await networkFor(work, session, asked.network, given);
    const { argv, env, level, egress, keepsModes } = await isolate({
      argv: wanted,
      env: given,
      cwd: asked.cwd,
      wish: work.settings.isolation,
      network,
      container,
      closedPorts: asked.network === 'machine' || isListed(network) ? await work.ownPorts() : [],
      allowsNamespaces: work.project.settings.user_namespaces,
      joinedPid: network === 'machine' ? null : ((await work.daemonsNetwork?.()) ?? null),
      files: () => sessionFiles(work, session, { cwd: asked.cwd, purpose: asked.purpose, writes, reads }),
    });
    assertListed(asked.network, egress, level);
    await notePlace(session, asked.cwd);
    if (level !== 'files') await noteSettings(work, session);
    if (asked.purpose !== 'service') await noteGitContent(work, session, asked.cwd);
    if (!keepsModes) await noteRights(work, session, asked, writes);
    session.command = commandLine(wanted);
    const handle = await withinLimits(async () => {
      const limited = await limitedStart(work.settings);
      await keepIsolation(work, session, {
        isolation: level,
        egress,
        image: container?.image.name ?? null,
        limits: limited.inForce,
      });
      work.reached(`${asked.purpose}:before-start`, work.run.id);
      return startProcess({
        directory: session.directory,
        argv: limited.comesAfter(argv),
        env,
        cwd: asked.cwd,
        limits: limited.limits,
        signal: work.signal,
      });
    });
    work.reached(`${asked.purpose}:started`, work.run.id);
    return handle;
  } catch (cause) {
    if (!work.signal.aborted && (await findProcess(session.directory)) === null)
      await neverStarted(work, session);
    throw cause;
  }
}

async function confirm(
  work: Work,
  session: SessionRow,
  handle: ProcessHandle,
  asked: Supervised,
): Promise<void> {
  const { viewers, dataDirectory } = work.settings;
  const isViewed = asked.purpose === 'agent' && viewers === 'tmux';
  const viewer = isViewed ? await startViewer(dataDirectory, { ...session, pid: handle.pid }) : null;
  await fenced(work, async (query) => {
    await asked.onStart?.(query, session);
    const detail = { sessionId: session.id, pid: handle.pid, purpose: asked.purpose };
    await recordStart(
      query,
      { session, effectKey: sessionKey(session.id), actor: asked.name, detail },
      { command: session.command, handle, startedAt: new Date(handle.startedAt), viewer },
    );
  });
}

async function watch(
  work: Work,
  session: SessionRow,
  handle: ProcessHandle,
  asked: Supervised,
): Promise<SessionEnd> {
  const { settings, signal } = work;
  const beside = asked.watch?.(session);
  const endStoring = storeMeanwhile(work, session);
  try {
    const end = await watchProcess(handle, {
      ...(beside ? { watchdog: beside.verdict } : {}),
      wallClockMs: asked.wallClockMs,
      silenceMs: asked.silenceMs ?? settings.silenceMsMax,
      outputBytesMax: settings.outputBytesMax,
      graceMs: settings.stopGraceMs,
      signal,
    });
    if (end.reason === null || end.reason === 'lost') {
      if ((await isLeftBehind(handle)) && (await isMooseStopping(work))) return leftBehindEnd(session);
    }
    // The background processes of the session are stopped too: nobody enters the worktree until it is proven that
    // nothing runs there.
    await stopProcess(handle, { graceMs: settings.stopGraceMs });
    return end;
  } catch (cause) {
    if (!(signal.reason instanceof CancelRequested)) throw cause;
    // Stop the process only if a person wants it to end; a Moose that stops or dies leaves it running, to be adopted.
    await stopProcess(handle, { graceMs: settings.stopGraceMs });
    await maskAfter(work, session);
    await storeCancelled(work, session);
    await work.database.run((query) =>
      updateSession(query, session.id, {
        state: 'stopped',
        endReason: 'cancelled',
        endedAt: work.clock.now(),
      }),
    );
    await work.database.run((query) => markEffect(query, sessionKey(session.id), 'undone'));
    throw cause;
  } finally {
    await beside?.close();
    await endStoring();
  }
}

/** A container or a machine that is stopped ends its sessions first, and Moose a moment later. */
const stopsWithinMs = 2_000;

/** Rejects with the signal's reason if Moose stops at once: the next Moose finds the session without an end. */
async function isMooseStopping({ signal, drains }: Work): Promise<boolean> {
  const stops = drains ? AbortSignal.any([signal, drains]) : signal;
  await sleep(stopsWithinMs, stops).catch((cause: unknown) => {
    if (!stops.aborted) throw cause;
  });
  signal.throwIfAborted();
  return stops.aborted;
}

function stateAfter(end: SessionEnd): SessionState {
  if (end.reason === null) return 'exited';
  return isEndUnknown(end) ? 'lost' : 'stopped';
}

async function finish(work: Work, session: SessionRow, end: SessionEnd, asked: Supervised): Promise<Ended> {
  session.refused = refusedBy(session);
  session.used = usedBy(session.directory);
  const tellWritten = await writtenBy(work, session, asked.cwd);
  await fenced(work, async (query) => {
    const detail = { sessionId: session.id, exitCode: end.exitCode, signal: end.signal, reason: end.reason };
    await recordEnd(
      query,
      { session, effectKey: sessionKey(session.id), actor: session.name, detail },
      {
        state: stateAfter(end),
        exitCode: end.exitCode,
        signal: end.signal,
        endReason: end.reason,
        startedAt: end.startedAt,
        endedAt: end.endedAt,
        refused: session.refused,
        used: session.used,
      },
    );
    await reportRefused(query, work, session);
    await tellWritten?.(query);
    await asked.onEnd?.(query, end, session);
  });
  if (isEndUnknown(end)) work.mayDiffer('here');
  work.reached(`${session.purpose}:ended`, work.run.id);
  return { session, end };
}
