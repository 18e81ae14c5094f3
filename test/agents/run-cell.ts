// Runs a real agent as Moose does: prepared, started as a session, watched, stopped, reported.

import { readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { SessionEnd, StopReason } from '../../src/domain/machine/session.ts';
import { decideOutcome } from '../../src/domain/work-order/outcome.ts';
import type { Agent, AgentCommand, AgentReport, AgentTask } from '../../src/engine/ports/agent.ts';
import { runGit } from '../../src/git/run/run-git.ts';
import { sessionPathsOf } from '../../src/git/sessions/session-paths.ts';
import { readySessionRepository } from '../../src/git/sessions/session-repository.ts';
import { ensureWorktree } from '../../src/git/worktree/worktree.ts';
import { isolate } from '../../src/sessions/isolation/isolate.ts';
import type { ProcessHandle } from '../../src/sessions/process-handle.ts';
import { carriersOf } from '../../src/sessions/scratch-sessions.fixture.ts';
import { startProcess } from '../../src/sessions/start-process.ts';
import { stopProcess } from '../../src/sessions/stop-process.ts';
import { watchProcess } from '../../src/sessions/watch-process.ts';
import { type Ground, makeGround, makeTask } from './agent-ground.fixture.ts';
import type { Call, Cell } from './cell.ts';
import type { AgentFault } from './faults.ts';
import type { OpenGateway, SessionGateway } from './session-gateway.ts';
import type { Subject } from './subjects/subject.ts';
import { type RunningUpstream, startUpstream } from './upstream.ts';

export interface CellAsked {
  subject: Subject;
  programPath: string;
  fault: AgentFault;
  openGateway: OpenGateway;
  wallClockMs: number;
  /** After its first request, an agent that makes no request for this long is stopped, as by Moose's own watchdog. */
  idleMs: number;
  signal?: AbortSignal;
}

const defaultGraceMs = 3_000;
const outputBytesMax = 64 * 1024 * 1024;
const amplyNanoUsd = 5_000_000_000n;
/** Less than the cost of any call with a price. */
const brokeNanoUsd = 1n;

export async function runCell(asked: CellAsked): Promise<Cell> {
  const { subject, programPath, fault, openGateway } = asked;
  const agent = subject.create({
    programPath,
    ...(process.env.PATH ? { searchPath: process.env.PATH } : {}),
  });
  const wire = agent.wires[0];
  if (wire === undefined) throw new Error(`${agent.name} calls no model.`);
  const ground = makeGround({ 'hello.txt': 'hello\n', 'other.txt': 'other\n' });
  let upstream: RunningUpstream | null = null;
  let opened: SessionGateway | null = null;
  try {
    upstream = await startUpstream(
      fault.upstream(wire, subject.model.slice(subject.model.indexOf('/') + 1)),
      subject,
      subject.edit(ground.worktreePath),
    );
    opened = await openGateway({
      upstreamUrl: upstream.url,
      wire,
      model: subject.model,
      envelopeNanoUsd: fault.isBroke ? brokeNanoUsd : amplyNanoUsd,
    });
    const task = makeTask(ground, { model: subject.model, gateway: opened.gateway });
    const watched = { watchdog: watchdogOf(opened, upstream, asked.idleMs) };
    const { end, report, handle } = await runSession(agent, task, ground, watched, asked);
    const calls = await opened.calls();
    const seen = {
      requests: upstream.requests(),
      calls,
      processesLeft: carriersOf(handle).length,
      heldNanoUsd: String(await opened.heldNanoUsd()),
    };
    const changes = ground.git('status', '--porcelain', '--ignored');
    return {
      agent: agent.name,
      version: (await agent.probe()).version,
      fault: fault.name,
      changes,
      ...seen,
      ...wordsOf(agent, report, end, calls, changes !== ''),
    };
  } finally {
    await opened?.close();
    await upstream?.stop();
    ground.remove();
  }
}

function watchdogOf(opened: SessionGateway, upstream: RunningUpstream, idleMs: number) {
  let seen = 0;
  let sinceMs = 0;
  return (): StopReason | null => {
    if (upstream.requests() > seen) {
      seen = upstream.requests();
      sinceMs = performance.now();
    }
    const isIdle = seen > 0 && performance.now() - sinceMs > idleMs;
    return opened.watchdog() ?? (isIdle ? 'idle' : null);
  };
}

/** Runs the agent in a session's own directory, so that the session's files are not among the agent's. */
export async function runSession(
  agent: Agent,
  task: AgentTask,
  ground: Ground,
  gateway: Pick<SessionGateway, 'watchdog'>,
  {
    wallClockMs,
    signal,
    graceMs = defaultGraceMs,
  }: Pick<CellAsked, 'wallClockMs' | 'signal'> & { graceMs?: number },
): Promise<{ end: SessionEnd; report: AgentReport; handle: ProcessHandle }> {
  const command = await agent.prepare(task);
  const directory = join(ground.sessionPath, 'process');
  const handle = await startIsolated(command, ground, directory);
  try {
    const limits = { wallClockMs, graceMs, outputBytesMax, watchdog: gateway.watchdog };
    const end = await watchProcess(handle, { ...limits, ...(signal ? { signal } : {}) });
    await stopProcess(handle, { graceMs });
    const outputs = { stdoutPath: join(directory, 'stdout.log'), stderrPath: join(directory, 'stderr.log') };
    const report = await agent.report({ sessionPath: ground.sessionPath, ...outputs }, end);
    return { end, report, handle };
  } finally {
    // Whatever failed in the test itself, no process of the agent is left over.
    if (readdirSync(directory).length > 0) await stopProcess(handle, { graceMs: 0 });
  }
}

/** Isolates the agent's files, as Moose does; the provider of a test is on the machine's network (R-SEC-5). */
async function startIsolated(
  { writes = [], ...command }: AgentCommand,
  { worktreePath, sessionPath, homePath, repositoryPath }: Ground,
  directory: string,
): Promise<ProcessHandle> {
  const written = [worktreePath, sessionPath, homePath, ...writes];
  for (const path of written) await mkdir(path, { recursive: true });
  const baseSha = (await runGit(repositoryPath, ['rev-parse', 'main'])).stdout.trim();
  await ensureWorktree({ repositoryPath, worktreePath, branch: 'moose/test', baseSha });
  await readySessionRepository({ repositoryPath, worktreePath });
  const { argv, env } = await isolate({
    ...command,
    cwd: worktreePath,
    network: 'machine',
    wish: 'auto',
    files: async () => ({
      sessionPath: directory,
      userHome: homedir(),
      dataDirectory: dirname(worktreePath),
      granted: [],
      hidden: [repositoryPath],
      homePath: null,
      shown: [
        ...written.map((path) => ({ path, sight: 'write' as const })),
        ...(await sessionPathsOf(repositoryPath)),
      ],
    }),
  });
  return await startProcess({ argv, env, directory, cwd: worktreePath });
}

function wordsOf(agent: Agent, report: AgentReport, end: SessionEnd, calls: Call[] | null, changed: boolean) {
  const { outcome } = decideOutcome({
    report,
    end,
    changed,
    agentCallsModels: agent.writesCode,
    ledgerCalls:
      calls?.filter(({ status, failure }) => status === 'settled' && failure === null).length ?? null,
  });
  return {
    exitCode: end.exitCode,
    signal: end.signal,
    stoppedBecause: end.reason,
    outcome,
    durationMs: end.endedAt.getTime() - end.startedAt.getTime(),
    ownKind: ownKindOf(report),
    // A client that hung up does not tell what was wrong.
    ledgerKind: calls?.findLast(({ failure }) => failure !== 'client_gone')?.failure ?? null,
  };
}

function ownKindOf({ finalEvent, failure }: AgentReport): Cell['ownKind'] {
  if (finalEvent === 'missing') return 'no word';
  if (finalEvent === 'success') return 'success';
  return (failure?.metadata.kind as Cell['ownKind'] | undefined) ?? 'failed';
}
