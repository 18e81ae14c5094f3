// Sessions and processes of this machine.

import { join } from 'node:path';
import { shortId } from '../../domain/ids.ts';
import { counted } from '../../domain/text/counted.ts';
import { isThere } from '../../git/run/is-there.ts';
import { endSession } from '../../sessions/end-session.ts';
import { findProcess } from '../../sessions/find-process.ts';
import { isRunning, type MarkedProcesses } from '../../sessions/marked-processes.ts';
import { type ProcessHandle, processHandleSchema } from '../../sessions/process-handle.ts';
import { readMachineId } from '../../sessions/process-table.ts';
import { stopProcess } from '../../sessions/stop-process.ts';
import { isLeaderAlive, isOnThisHost } from '../../sessions/survey.ts';
import { endViewer, listViewers, startViewer, viewerName } from '../../sessions/viewer.ts';
import { markEnded } from '../../store/work/runs/executors.ts';
import {
  openExecutorsOn,
  type SessionFact,
  sessionsEndedOn,
  sessionsNamed,
  worktreesOfOrders,
} from '../../store/work/runs/machine-facts.ts';
import { unreachableByHost, updateSession } from '../../store/work/sessions/session-rows.ts';
import { clearSession, leftSessions } from '../run/effects/leftovers.ts';
import type { DriftKind, Found, Look } from './drift-kind.ts';

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

const left: DriftKind = {
  name: 'session-left',
  side: 'processes',
  seenBy: 'machine',
  means: 'A session without a watcher: another machine continued its work, or its run has ended.',
  repair: 'stop its remaining processes, and record its end',
  isSafe: true,
  find: async (look) =>
    (await leftSessions(look, look.signal)).map((session) => ({
      subject: session.id,
      workOrderId: session.workOrderId,
      what: `${shortId(session.workOrderId)}: nobody watches its session ${session.name}`,
      evidence: session.unreachableSince
        ? `others continued its work at ${session.unreachableSince.toISOString()}`
        : 'its run has ended, but its row says that it runs',
      act: () => clearSession(look, session, look.signal),
    })),
};

const unreachable: DriftKind = {
  name: 'session-unreachable',
  side: 'processes',
  seenBy: 'all',
  means: 'Sessions on a machine that does not answer, whose work others continued. They may still run.',
  repair: 'start Moose on that machine: it stops them',
  isSafe: false,
  isReportedElsewhere: true,
  find: async ({ database, signal }) =>
    (await database.run(unreachableByHost, signal)).map(({ host, sessions, since }) => ({
      subject: host,
      what: `${counted(sessions, 'session')} on ${host} may still be running`,
      evidence: `they have been unreachable since ${since.toISOString()}`,
      act: null,
    })),
};

const withoutProcess: DriftKind = {
  name: 'session-without-process',
  side: 'processes',
  seenBy: 'machine',
  means: 'A session that is running in the database and has no process, while its run is open.',
  repair: 'record that it was lost',
  isSafe: false,
  find: async (look) => {
    const found: Found[] = [];
    for (const session of await look.world.openSessions()) {
      const handle = processHandleSchema.safeParse(session.handle).data;
      if (!session.hasRun || session.state !== 'running' || !handle || !isOnThisHost(handle)) continue;
      if ((session.startedAt ?? session.createdAt) >= look.before || isLeaderAlive(handle)) continue;
      found.push({
        subject: session.id,
        workOrderId: session.workOrderId,
        what: `${shortId(session.workOrderId)}: its session ${session.name} has no process`,
        evidence: `no process ${handle.pid} of it runs on ${handle.host}, and its end is not recorded`,
        act: () => recordEnd(look, session, 'lost'),
      });
    }
    return found;
  },
};

async function recordEnd(look: Look, session: SessionFact, endReason: string): Promise<void> {
  const { database, settings, now, signal } = look;
  const left = await endSession(session, { endReason, graceMs: settings.stopGraceMs, signal });
  const endedAt = left.endedAt ?? now;
  await database.run((query) => updateSession(query, session.id, { ...left, endedAt }), signal);
}

const withoutWorktree: DriftKind = {
  name: 'service-without-worktree',
  side: 'processes',
  seenBy: 'machine',
  means: 'A service of a worktree that is gone.',
  repair: 'stop the service, and record its end',
  isSafe: true,
  find: async (look) => {
    const services = (await look.world.openSessions()).filter(
      ({ purpose, createdAt }) => purpose === 'service' && createdAt < look.before,
    );
    const ids = services.map(({ workOrderId }) => workOrderId);
    const { database, settings, signal } = look;
    const rows = await database.run((query) => worktreesOfOrders(query, settings.host, ids), signal);
    const facts = new Map(rows.map((fact) => [fact.workOrderId, fact]));
    const found: Found[] = [];
    for (const session of services) {
      const fact = facts.get(session.workOrderId);
      if (!fact) continue;
      if (fact.changedAt >= look.before || (await isThere(fact.worktreePath))) continue;
      found.push({
        subject: session.id,
        workOrderId: session.workOrderId,
        what: `${shortId(session.workOrderId)}: its service ${session.name} has no worktree`,
        evidence: `${fact.worktreePath} does not exist`,
        act: () => recordEnd(look, session, 'released'),
      });
    }
    return found;
  },
};

/** Processes of Moose that nobody watches; processes of an open session have a watcher. */
async function unwatched(
  look: Look,
): Promise<Array<{ marked: MarkedProcesses; row: SessionFact | undefined }>> {
  const marked = (await look.world.processes()).filter(({ startedAt }) => startedAt < look.before);
  const ids = marked.map(({ session }) => session).filter((name) => uuid.test(name));
  if (marked.length === 0) return [];
  const rows = await look.database.run((query) => sessionsNamed(query, ids), look.signal);
  return marked.map((each) => ({ marked: each, row: rows.get(each.session) }));
}

/** Null if the files of the session do not prove which processes belong to it. */
async function stopperOf(look: Look, { session }: MarkedProcesses): Promise<(() => Promise<void>) | null> {
  const directory = join(look.settings.dataDirectory, 'sessions', session);
  const handle: ProcessHandle | null = await findProcess(directory);
  if (handle === null) return null;
  return async () => {
    await stopProcess(handle, { graceMs: look.settings.stopGraceMs, signal: look.signal });
  };
}

const unknownProcess: DriftKind = {
  name: 'process-unknown',
  side: 'processes',
  seenBy: 'machine',
  means:
    'A process with the mark of a session that has no row, which has a session file of this data directory open.',
  repair: 'stop it; its output stays',
  isSafe: true,
  removes: true,
  find: async (look) => {
    const found: Found[] = [];
    for (const { marked, row } of await unwatched(look)) {
      if (row) continue;
      const act = await stopperOf(look, marked);
      found.push({
        subject: marked.session,
        what: `No session ${marked.session} is known, but processes of it run`,
        evidence: `${counted(marked.pids.length, 'process', 'processes')}: ${marked.pids.slice(0, 5).join(', ')}`,
        act,
        ...(act ? {} : { isSafe: false }),
      });
    }
    return found;
  },
};

const survivor: DriftKind = {
  name: 'process-of-ended-session',
  side: 'processes',
  seenBy: 'machine',
  means: 'A process that outlived its session.',
  repair: 'stop it',
  isSafe: true,
  find: async (look) => {
    const found: Found[] = [];
    for (const { marked, row } of await unwatched(look)) {
      if (!row?.endedAt || row.endedAt >= look.before) continue;
      const act = await stopperOf(look, marked);
      found.push({
        subject: marked.session,
        workOrderId: row.workOrderId,
        what: `${shortId(row.workOrderId)}: processes of its session ${row.name} outlived it`,
        evidence: `${marked.pids.slice(0, 5).join(', ')} run; it ended at ${row.endedAt.toISOString()}`,
        act,
        ...(act ? {} : { isSafe: false }),
      });
    }
    return found;
  },
};

const deadExecutor: DriftKind = {
  name: 'executor-without-process',
  side: 'processes',
  seenBy: 'machine',
  means: 'A process of Moose on this machine that is running according to its row, but does not exist.',
  repair: 'record its end',
  isSafe: true,
  find: async ({ database, settings: { host }, before, signal }) => {
    const place = { host, machine: readMachineId(), before };
    const rows = await database.run((query) => openExecutorsOn(query, place), signal);
    return rows
      .filter(({ pid }) => !isRunning(pid))
      .map(({ id, pid, heartbeatAt }) => ({
        subject: id,
        what: `Moose's process ${pid} is open in the database, but does not run`,
        evidence: `it was last heard of at ${heartbeatAt.toISOString()}`,
        act: () => database.run((query) => markEnded(query, id), signal),
      }));
  },
};

/** Only where tmux is installed; elsewhere nothing differs. */
async function viewersNow({
  world,
  settings,
}: Look): Promise<{ open: SessionFact[]; names: Set<string> } | null> {
  const names = await world.once('viewers', () => listViewers(settings.dataDirectory));
  return names && { names: new Set(names), open: await world.openSessions() };
}

const viewerMissing: DriftKind = {
  name: 'session-without-viewer',
  side: 'processes',
  seenBy: 'machine',
  means: 'A running agent whose tmux session is gone. The agent does not need it.',
  repair: 'start the viewer again',
  isSafe: true,
  find: async (look) => {
    const now = await viewersNow(look);
    const found: Found[] = [];
    for (const session of now?.open ?? []) {
      const handle = processHandleSchema.safeParse(session.handle).data;
      if (session.viewer === null || session.state !== 'running' || !handle) continue;
      if (now?.names.has(session.viewer) || !isOnThisHost(handle) || !isLeaderAlive(handle)) continue;
      if ((session.startedAt ?? session.createdAt) >= look.before) continue;
      found.push({
        subject: session.id,
        workOrderId: session.workOrderId,
        what: `${shortId(session.workOrderId)}: its agent ${session.name} runs without its viewer`,
        evidence: `tmux has no session ${session.viewer}`,
        act: async () => {
          await startViewer(look.settings.dataDirectory, { ...session, pid: handle.pid });
        },
      });
    }
    return found;
  },
};

const viewerLeft: DriftKind = {
  name: 'viewer-without-session',
  side: 'processes',
  seenBy: 'machine',
  means: 'A tmux session of an agent that does not run any more.',
  repair: 'end the viewer',
  isSafe: true,
  find: async (look) => {
    const now = await viewersNow(look);
    const used = new Set(now?.open.map(viewerName));
    return [...(now?.names ?? [])]
      .filter((name) => !used.has(name))
      .map((name) => ({
        subject: name,
        what: `The viewer ${name} shows an agent that has ended`,
        evidence: 'no running session has this viewer',
        act: () => endViewer(look.settings.dataDirectory, name),
      }));
  },
};

const filesMissing: DriftKind = {
  name: 'session-files-missing',
  side: 'files',
  seenBy: 'machine',
  means: 'A session whose files are gone, although files are still kept for its age.',
  repair: 'check it yourself: only the stored part of its output is left',
  isSafe: false,
  isSeldom: true,
  find: async ({ database, settings, machine, now, before, world, signal }) => {
    const after = new Date(now.getTime() - settings.finishedKeptMs);
    const given = { host: settings.host, machine, after, before };
    const rows = await database.run((query) => sessionsEndedOn(query, given), signal);
    const names = new Set(await world.namesIn('sessions'));
    return rows
      .filter(({ id, directory }) => directory.startsWith(settings.dataDirectory) && !names.has(id))
      .map(({ id, workOrderId, name, directory }) => ({
        subject: id,
        workOrderId,
        what: `${shortId(workOrderId)}: the files of its session ${name} are gone`,
        evidence: `${directory} does not exist`,
        act: null,
      }));
  },
};

export const kindsOfProcesses: readonly DriftKind[] = [
  left,
  unreachable,
  withoutProcess,
  withoutWorktree,
  unknownProcess,
  survivor,
  deadExecutor,
  viewerMissing,
  viewerLeft,
  filesMissing,
];
