// Runs one row of the matrix: a work order in a repository of its own, through the whole pipeline of the scratch Moose.
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { versionSaid } from '../../agents/acp/report.ts';
import type { Session, WorkOrderRecord } from '../../contract/contract.ts';
import { isMooseError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import type { EndReason, SessionEnd } from '../../domain/machine/session.ts';
import { nanoOfNumber } from '../../domain/money.ts';
import type { Agent } from '../../engine/ports/agent.ts';
import { parseCheck } from '../../engine/workplace/checks/parse-check.ts';
import { mooseIdentity } from '../../git/commit/identity.ts';
import { runGit } from '../../git/run/run-git.ts';
import { ownFolder } from '../../sessions/isolation/session-view.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { writePassing } from '../../stdx/files/passing-files.ts';
import { askedFile } from './judge.ts';
import type { MatrixRow, Strike } from './matrix.ts';
import type { Observed } from './observed.ts';
import type { ScratchMoose } from './scratch-moose.ts';
import { type AfterStrike, scriptOf } from './script.ts';
import { hasWitnessActed, tellWitness, testimonyOf } from './witness.ts';

const ampleUsd = 5;
const attemptsMax = 3;
const cancelsMax = 20;
/** The work order has moved, or ended, since it was read. */
const movedOn: ReadonlySet<string> = new Set(['WORK_ORDER_CHANGED', 'WORK_ORDER_OVER']);
/** Agents wait up to half a minute between their own attempts. With Moose's usual limit, a row would take ten minutes. */
const usualSilenceMs = 60_000;
const lookEveryMs = 150;
/** Routing, preparing and checks, beside the agent's own time. */
const besideMs = 60_000;
/** From a call of the agent to the end of what is done to it. */
const strikeMsMax = 20_000;
/** From a cancel to its end: the agent is killed after 5 s. */
const endedMsMax = 60_000;

const open: readonly string[] = ['pending', 'in_progress'];

interface RowRun {
  limitMs: number;
  signal: AbortSignal;
}

/** What failed in the rows before must not keep this one from its model: a row that was, is run again. */
export async function runRow(row: MatrixRow, scratch: ScratchMoose, given: RowRun): Promise<Observed> {
  for (let attempt = 1; ; attempt += 1) {
    await closeCircuits(scratch);
    const seen = await runOnce(row, scratch, given);
    const isShutOut = seen.calls === 0 && seen.code === 'AGENT_UNSERVED';
    if (!isShutOut || attempt === attemptsMax) return seen;
  }
}

async function closeCircuits({ opened: { moose } }: ScratchMoose): Promise<void> {
  for (const { key, phase } of await moose.circuits()) if (phase !== 'closed') await moose.resetCircuit(key);
}

async function runOnce(
  row: MatrixRow,
  scratch: ScratchMoose,
  { limitMs, signal }: RowRun,
): Promise<Observed> {
  const { moose } = scratch.opened;
  const repositoryPath = await makeRepository(join(scratch.root, 'repositories', randomUUID()), signal);
  let id = '';
  const script = scriptOf(row, {
    model: scratch.model,
    worktreePath: () => join(scratch.root, 'data', 'worktrees', shortId(id)),
    strike: (what, message) => strike(scratch, id, { what, message }, signal),
  });
  scratch.provider.behave(script.behaviour);
  await limitSilence(scratch, row.silenceMs ?? usualSilenceMs);
  const { order } = await moose.submit({
    title: `Add ${askedFile}`,
    description: `Add the file ${askedFile} with the text: certified. Change nothing else.`,
    repositoryPath,
    checks: [parseCheck('test=true')],
    limitNanoUsd: nanoOfNumber(row.limitUsd ?? ampleUsd),
    timeLimitMs: limitMs,
  });
  id = order.id;
  const deadlineMs = performance.now() + limitMs + besideMs;
  const measured = await until(scratch, id, (detail) => isMeasured(row, detail), deadlineMs, signal);
  const calls = scratch.provider.calls();
  await cancel(scratch, id, signal);
  const endMs = performance.now() + endedMsMax;
  const { detail } = await until(scratch, id, ({ status }) => !open.includes(status), endMs, signal);
  return {
    ...(await seenOf(row, scratch, detail)),
    ...script.after,
    isInTime: measured.isInTime,
    status: measured.detail.status,
    calls,
    changed: await changedIn(repositoryPath, measured.detail, signal),
  };
}

/** For the sessions that begin from now on. */
async function limitSilence({ opened: { moose, settings } }: ScratchMoose, silenceMs: number): Promise<void> {
  for (const key of ['settings.agents.silence_ms', 'settings.agents.idle_ms'])
    await moose.settings.change(key, { value: silenceMs });
  await settings.read();
}

async function makeRepository(path: string, signal: AbortSignal): Promise<string> {
  await mkdir(path, { recursive: true });
  await writePassing(join(path, 'README.md'), 'A repository to certify an agent in.\n');
  await runGit(path, ['init', '--quiet', '--initial-branch=main', '--template='], { signal });
  await runGit(path, ['add', '--all'], { signal });
  await runGit(path, ['commit', '--quiet', '-m', 'Begin'], { signal, env: mooseIdentity });
  return path;
}

function isMeasured(row: MatrixRow, { status, errors }: WorkOrderRecord): boolean {
  if (!open.includes(status)) return true;
  if (row.until === 'failure') return errors.length > 0;
  return errors.some(({ code }) => !row.codes.includes(code));
}

async function until(
  { opened: { moose } }: ScratchMoose,
  id: string,
  isSo: (detail: WorkOrderRecord) => boolean,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<{ detail: WorkOrderRecord; isInTime: boolean }> {
  for (;;) {
    const detail = await moose.show(id);
    const isInTime = isSo(detail);
    if (isInTime || performance.now() > deadlineMs) return { detail, isInTime };
    await sleep(lookEveryMs, signal);
  }
}

/** While the pipeline moves it, it may have to be asked for again. */
async function cancel({ opened: { moose } }: ScratchMoose, id: string, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    if (!open.includes((await moose.show(id)).status)) return;
    try {
      await moose.cancel(id);
      return;
    } catch (cause) {
      if (!isMooseError(cause) || !movedOn.has(cause.code) || attempt === cancelsMax) throw cause;
      await sleep(lookEveryMs, signal);
    }
  }
}

/** Returns once it is done, or once it cannot be done any more. */
async function strike(
  scratch: ScratchMoose,
  id: string,
  { what, message }: { what: Strike; message: string },
  signal: AbortSignal,
): Promise<void> {
  const { moose } = scratch.opened;
  if (what === 'cancel') return cancel(scratch, id, signal);
  if (what === 'message') return void (await moose.send(id, { text: message, now: true }));
  const session = sessionsIn(await moose.show(id)).at(-1);
  if (session === undefined) return;
  await tellWitness(session.directory, what);
  const untilMs = performance.now() + strikeMsMax;
  while (!hasWitnessActed(session.directory) && performance.now() < untilMs) await sleep(lookEveryMs, signal);
}

/** Of the agent, the oldest first. */
function sessionsIn({ sessions }: WorkOrderRecord): Session[] {
  return sessions
    .filter(({ purpose }) => purpose === 'agent')
    .sort((one, other) => one.created_at.localeCompare(other.created_at));
}

type OfSession = Omit<Observed, 'isInTime' | 'status' | 'calls' | 'changed' | keyof AfterStrike>;

async function seenOf(row: MatrixRow, scratch: ScratchMoose, detail: WorkOrderRecord): Promise<OfSession> {
  const sessions = sessionsIn(detail);
  // What failed is measured at its first session; work that is completed, at the last one.
  const session = row.until === 'completed' ? sessions.at(-1) : sessions.at(0);
  const [error] = [...detail.errors].sort((one, other) => one.timestamp.localeCompare(other.timestamp));
  const judged = {
    sessions: sessions.length,
    code: error?.code ?? null,
    category: error?.category ?? null,
    decision: error?.recovery_strategy ?? null,
    isolation: session?.isolation ?? null,
    egress: session?.egress ?? null,
  };
  if (session === undefined) return { ...judged, ...unseen };
  const testimony = testimonyOf(session.directory);
  return {
    ...judged,
    ...(await wordOf(scratch.agent, session)),
    exitCode: session.exit_code,
    signal: session.signal,
    stoppedBecause: session.end_reason as EndReason | null,
    durationMs:
      session.started_at === null || session.ended_at === null
        ? null
        : Date.parse(session.ended_at) - Date.parse(session.started_at),
    left: testimony?.left ?? null,
    otherAddresses: testimony?.otherAddresses ?? null,
  };
}

const unseen = {
  exitCode: null,
  signal: null,
  stoppedBecause: null,
  durationMs: null,
  said: 'nothing',
  words: '',
  version: null,
  left: null,
  otherAddresses: null,
} as const;

/** Its own word about how it ended, and its version, if its protocol tells one. */
async function wordOf(agent: Agent, session: Session): Promise<Pick<Observed, 'said' | 'words' | 'version'>> {
  const stdoutPath = join(session.directory, 'stdout.log');
  const files = {
    sessionPath: join(session.directory, ownFolder),
    stdoutPath,
    stderrPath: join(session.directory, 'stderr.log'),
  };
  const end: SessionEnd = {
    exitCode: session.exit_code,
    signal: session.signal,
    reason: session.end_reason as EndReason | null,
    startedAt: new Date(session.started_at ?? session.created_at),
    endedAt: new Date(session.ended_at ?? session.created_at),
  };
  const { finalEvent, summary } = await agent.report(files, end);
  return {
    said: finalEvent === 'missing' ? 'nothing' : finalEvent === 'cut_off' ? 'failure' : finalEvent,
    words: summary,
    version: await versionSaid(stdoutPath),
  };
}

async function changedIn(
  repositoryPath: string,
  { status, branch }: WorkOrderRecord,
  signal: AbortSignal,
): Promise<string[] | null> {
  if (status !== 'completed' || branch === null) return null;
  const { stdout } = await runGit(
    repositoryPath,
    ['diff', '--name-only', '--ignore-submodules=none', '-z', `main...${branch}`],
    {
      signal,
    },
  );
  return stdout.split('\0').filter((path) => path !== '');
}
