import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { shortId } from '../../../domain/ids.ts';
import type { ApplyingResult } from '../../../domain/work-order/step-result.ts';
import { gitIn, scratchDirectory, scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import { until } from '../../../stdx/async/until.fixture.ts';
import { systemClock } from '../../../stdx/clock.ts';
import { newestArtifact } from '../../../store/work/sessions/artifacts.ts';
import { sessionsOf } from '../../../store/work/sessions/session-rows.ts';
import { pause } from '../../commands/pause-and-resume.ts';
import { createCircuits } from '../../recovery/circuits.ts';
import { CancelRequested } from '../../run/cancel.ts';
import type { StepEnd, Work } from '../../run/work.ts';
import { PausedByPerson } from '../../workplace/suspend.ts';
import { worktreePathOf } from '../../workplace/worktree/worktree-path.ts';
import { ensureWorktreePlace, releaseWorktree } from '../../workplace/worktree/worktree-place.ts';
import { onRecord } from '../on-record.fixture.ts';
import {
  atStep,
  claimedAgain,
  endAllOf,
  type Given,
  type Ground,
  leave,
  loseFence,
} from '../scratch-pipeline.fixture.ts';
import { scriptedAgent } from '../scripted-agent.fixture.ts';
import { applying } from './applying.ts';

const shared = sharedDatabase();

const anAgent = (script: string, given?: Parameters<typeof scriptedAgent>[1]) => ({
  agents: [scriptedAgent(script, given)],
});

const good = 'echo new > made.txt; echo says success made it';

const ground = (script: string, given: Given = {}) =>
  atStep(shared(), 'applying', { ...anAgent(script), ...given });

/** The work order's branch in git: the subject of each commit, newest first. */
const commitsOf = ({ repository, routed }: Ground) =>
  repository.git('log', '--format=%s', `${routed.baseSha}..${routed.branch}`).split('\n').filter(Boolean);

/** The run, taken up by a machine that has files of its own, and no worktree of the work order. */
const onAnotherMachine = ({ work }: Ground, change: Partial<Work> = {}) =>
  claimedAgain(work, {
    machine: 'another',
    settings: { ...work.settings, host: 'another', dataDirectory: scratchDirectory() },
    ...change,
  });

const doneOf = (end: StepEnd<'applying'>) => {
  if (end.end !== 'done') throw new Error(`It ended as ${end.end}`);
  return end;
};

/** A bare repository with the base of the work order, and nothing of its change. */
function mirrorOf({ repository, routed }: Ground): string {
  const mirror = scratchDirectory();
  gitIn(mirror, 'init', '--quiet', '--bare');
  gitIn(mirror, 'fetch', '--quiet', repository.path, routed.baseSha);
  return mirror;
}

/** Carries out the step, and stores what belongs to its result. */
async function applied(work: Work): Promise<ApplyingResult> {
  const end = doneOf(await applying(work));
  await work.database.transaction(async (query) => end.also?.(query));
  return end.result;
}

test("R-PIPE-5: one commit with the work order's trailer, a new tree as its fact, and the patch in the step's transaction", async () => {
  const at = await ground(good);
  const { work, repository, routed } = at;
  const end = doneOf(await applying(work));
  const head = repository.git('rev-parse', routed.branch);
  const tree = repository.git('rev-parse', `${routed.branch}^{tree}`);
  expect(end.result).toMatchObject({ outcome: 'changed', headSha: head, treeSha: tree, changedFiles: 1 });
  expect(end.facts).toEqual([`tree:${tree}`]);
  expect(repository.git('log', '-1', '--format=%(trailers)', head)).toContain(
    `Moose-Work-Order: ${work.order.id}`,
  );
  expect(repository.git('rev-parse', 'main')).toBe(routed.baseSha);
  const patch = () => newestArtifact(work.database.query, work.order.id, 'patch');
  expect(await patch()).toBeUndefined();
  await end.also?.(work.database.query);
  expect((await patch())?.toString()).toContain('+new');
  expect(await newestArtifact(work.database.query, work.order.id, 'bundle')).toBeInstanceOf(Buffer);
});

test.each(['applying:before-commit', 'applying:committed', 'agent:ended', 'agent:started'])(
  'R-PIPE-1, R-SES-2: if Moose dies at %s, the agent is not paid for again, and there is one commit',
  async (diesAt) => {
    const at = await ground(good, { diesAt });
    await expect(applying(at.work)).rejects.toThrow('Moose died');
    const end = doneOf(await applying(await claimedAgain(at.work)));
    expect(end.result).toMatchObject({ outcome: 'changed' });
    expect(at.points.filter((point) => point === 'agent:started')).toHaveLength(1);
    expect(commitsOf(at)).toEqual(['Mend it']);
    expect((await onRecord(at.work)).sessions).toEqual(['scripted exited']);
  },
);

test('R-PIPE-1: if Moose dies before the process is started, the same session starts it', async () => {
  const at = await ground(good, { diesAt: 'agent:before-start' });
  await expect(applying(at.work)).rejects.toThrow('Moose died');
  expect((await onRecord(at.work)).sessions).toEqual(['scripted intended']);
  doneOf(await applying(await claimedAgain(at.work)));
  expect((await onRecord(at.work)).sessions).toEqual(['scripted exited']);
});

test('R-PIPE-1: a later run does not apply the same edits twice', async () => {
  const at = await ground(good);
  const first = doneOf(await applying(at.work));
  await leave(at.work, 'applying', first.result);
  expect(await applying(await claimedAgain(at.work))).toEqual({ end: 'done', result: first.result });
  expect((await onRecord(at.work)).sessions).toEqual(['scripted exited']);
});

test('R-SES-4: if the agent is not installed, nothing is created for it', async () => {
  const probe = async () => ({
    isInstalled: false,
    version: null,
    testedVersion: null,
    advice: 'Install it.',
  });
  const at = await ground('', anAgent('', { probe }));
  await expect(applying(at.work)).rejects.toMatchObject({
    code: 'AGENT_PROGRAM_MISSING',
    advice: 'Install it.',
  });
  expect((await onRecord(at.work)).effects).toEqual(['hold done']);
});

test('R-REC-2: behind an open circuit of its agent no worktree is made, and a running session is watched to its end', async () => {
  const at = await ground(good, { diesAt: 'agent:ended' });
  const circuits = createCircuits({
    database: at.work.database,
    executorId: 'this',
    clock: systemClock,
    onFailure: () => undefined,
  });
  circuits.trip('agent:scripted', { code: 'AGENT_CRASHED', message: 'away' } as Parameters<
    typeof circuits.trip
  >[1]);
  await expect(applying({ ...at.work, circuits })).rejects.toMatchObject({ code: 'CIRCUIT_OPEN' });
  expect((await onRecord(at.work)).sessions).toEqual([]);
  await expect(applying({ ...at.work })).rejects.toThrow('Moose died');
  doneOf(await applying(await claimedAgain(at.work, { circuits })));
  await circuits.close();
});

test('a process that lost its run while its agent worked commits and keeps nothing', async () => {
  const at = await ground(good);
  const { work } = at;
  const started = {
    ...work,
    reached: (point: string) => void (point === 'agent:started' && loseFence(work)),
  };
  await expect(applying(started)).rejects.toMatchObject({ code: 'FENCE_LOST' });
  expect(commitsOf(at)).toEqual([]);
  expect(await newestArtifact(work.database.query, work.order.id, 'patch')).toBeUndefined();
});

test('R-SES-3: if a person cancels while the agent works, it is stopped, and its session says so', async () => {
  const { work } = await ground('sleep 60');
  const cancelled = new AbortController();
  const ended = applying({ ...work, signal: cancelled.signal }).catch((cause: unknown) => cause);
  await until('a running session', async () => (await onRecord(work)).sessions.includes('scripted running'));
  cancelled.abort(new CancelRequested());
  expect(await ended).toBeInstanceOf(CancelRequested);
  const [session] = await sessionsOf(work.database.query, work.order.id);
  expect(session).toMatchObject({ state: 'stopped', endReason: 'cancelled' });
  expect((await onRecord(work)).effects).toContain('session undone');
});

test('R-PIPE-11: if a person has paused the work, no agent is started, and nothing is counted', async () => {
  const { work } = await ground(good);
  await pause({ database: work.database, clock: systemClock }, work.order, 'human:ada');
  await expect(applying(work)).rejects.toThrow(PausedByPerson);
  expect(await onRecord(work)).toMatchObject({ sessions: [], order: { agentRuns: 0 }, errors: [] });
});

test('R-PIPE-14, fear: the worktree is deleted under the agent, and the next folder at its path is committed instead', async () => {
  const at = await ground('rm -rf "$PWD"; echo says success');
  await expect(applying(at.work)).rejects.toMatchObject({ code: 'WORKTREE_GONE' });
  const retried = await claimedAgain(at.work, { agents: new Map([['scripted', scriptedAgent(good)]]) });
  retried.run.stepAttempt = 1;
  doneOf(await applying(retried));
  expect(commitsOf(at)).toEqual(['Mend it']);
});

test('R-BASE-2, fear: what an agent did on a machine that is gone counts as "it changed nothing" on the next one', async () => {
  const at = await ground(good, { diesAt: 'applying:before-commit' });
  await expect(applying(at.work)).rejects.toThrow('Moose died');
  const there = await onAnotherMachine(at);
  await expect(applying(there)).rejects.toMatchObject({
    code: 'SESSION_LEFT_BEHIND',
    category: 'transient',
    metadata: { host: at.work.settings.host },
  });
  there.run.stepAttempt = 1;
  expect(doneOf(await applying(there)).result).toMatchObject({ outcome: 'changed' });
  expect(commitsOf(at)).toEqual(['Mend it']);
});

test('R-GO-1, R-GO-7, fear: an agent whose machine stopped under it counts as one that crashed', async () => {
  const at = await ground('echo half of it > made.txt; sleep 600', { diesAt: 'agent:started' });
  await expect(applying(at.work)).rejects.toThrow('Moose died');
  await endAllOf(at.work);
  const back = await claimedAgain(at.work, { agents: new Map([['scripted', scriptedAgent(good)]]) });
  await expect(applying(back)).rejects.toMatchObject({
    code: 'SESSION_LEFT_BEHIND',
    category: 'transient',
    message: expect.stringMatching(/^scripted was cut off/),
  });
  back.run.stepAttempt = 1;
  expect(doneOf(await applying(back)).result).toMatchObject({ outcome: 'changed' });
  expect(commitsOf(at)).toEqual(['Mend it']);
});

test('R-PIPE-14, fear: what an agent left on a machine blocks the commits of the machine that went on', async () => {
  const at = await ground(good);
  const { headSha } = await applied(at.work);
  // Another machine had it before, with a mirror of its own, and its agent was stopped at half of it.
  const { routed } = at;
  const mirror = mirrorOf(at);
  const there = await onAnotherMachine(at, { project: { ...at.work.project, repositoryPath: mirror } });
  const worktreePath = await worktreePathOf(there);
  gitIn(mirror, 'worktree', 'add', '--quiet', '-b', routed.branch, worktreePath, routed.baseSha);
  await writeFile(join(worktreePath, 'made.txt'), 'half of it\n');
  expect(await ensureWorktreePlace(there, routed, headSha)).toEqual({ worktreePath, isNew: true });
  expect(gitIn(worktreePath, 'rev-parse', 'HEAD')).toBe(headSha);
  expect(gitIn(worktreePath, 'status', '--porcelain')).toBe('');
  const kept = `refs/moose/preserved/${shortId(there.order.id)}`;
  expect(gitIn(mirror, 'show', `${kept}:made.txt`)).toBe('half of it');
});

test('R-SES-3, fear: an agent that a machine left running writes to the work that another machine finished', async () => {
  const at = await ground('echo half of it > made.txt; echo says text; sleep 600', {
    diesAt: 'agent:started',
  });
  await expect(applying(at.work)).rejects.toThrow('Moose died');
  const { routed, repository } = at;
  const here = await claimedAgain(at.work);
  const worktreePath = await worktreePathOf(here);
  const made = join(worktreePath, 'made.txt');
  await until('the agent at half of it', () => existsSync(made) && readFileSync(made, 'utf8') !== '');
  const mirror = mirrorOf(at);
  const there = await onAnotherMachine(at, {
    project: { ...at.work.project, repositoryPath: mirror },
    agents: new Map([['scripted', scriptedAgent(good)]]),
  });
  there.run.stepAttempt = 1;
  const { headSha } = await applied(there);
  // The first machine gets the work back, at its checks.
  const back = await claimedAgain(here);
  expect(await ensureWorktreePlace(back, routed, headSha)).toEqual({ worktreePath, isNew: true });
  expect(gitIn(worktreePath, 'rev-parse', 'HEAD')).toBe(headSha);
  expect(gitIn(worktreePath, 'status', '--porcelain')).toBe('');
  const [left] = await sessionsOf(back.database.query, back.order.id);
  expect(left).toMatchObject({ state: 'stopped', endReason: 'superseded' });
  expect(repository.git('show', `refs/moose/preserved/${shortId(back.order.id)}:made.txt`)).toBe(
    'half of it',
  );
});

test('R-PIPE-14, fear: a commit that a machine made and never recorded blocks the machine that went on', async () => {
  const at = await ground(good);
  const { headSha } = await applied(at.work);
  const { routed } = at;
  const mirror = mirrorOf(at);
  const there = await onAnotherMachine(at, { project: { ...at.work.project, repositoryPath: mirror } });
  const unrecorded = (message: string) =>
    gitIn(mirror, 'commit-tree', '-m', message, '-p', routed.baseSha, `${routed.baseSha}^{tree}`);
  const own = unrecorded(`Mend it\n\nMoose-Work-Order: ${there.order.id}\nMoose-Cycle: 1.0`);
  const ref = `refs/heads/${routed.branch}`;
  gitIn(mirror, 'update-ref', ref, own);
  expect(await ensureWorktreePlace(there, routed, headSha)).toMatchObject({ isNew: true });
  expect(gitIn(mirror, 'rev-parse', ref)).toBe(headSha);
  expect(gitIn(mirror, 'rev-parse', `refs/moose/preserved/${shortId(there.order.id)}`)).toBe(own);
  // A person's commit stays where it is.
  await releaseWorktree(there);
  const theirs = unrecorded('By hand');
  gitIn(mirror, 'update-ref', ref, theirs);
  await expect(ensureWorktreePlace(there, routed, headSha)).rejects.toMatchObject({ code: 'BRANCH_MOVED' });
  expect(gitIn(mirror, 'rev-parse', ref)).toBe(theirs);
});

test('R-PIPE-14: if a person rewrites the branch meanwhile, their commit stays, and nothing is put on top of it', async () => {
  const at = await ground(good);
  const { repository, routed } = at;
  const theirs = repository.git('commit-tree', '-m', 'Theirs', `${routed.baseSha}^{tree}`);
  const { worktreePath } = await ensureWorktreePlace(at.work, routed, routed.baseSha);
  expect(existsSync(worktreePath)).toBe(true);
  repository.git('update-ref', `refs/heads/${routed.branch}`, theirs);
  await expect(applying(at.work)).rejects.toMatchObject({ code: 'WORKTREE_MOVED' });
  expect(at.repository.git('log', '-1', '--format=%s', at.routed.branch)).toBe('Theirs');
});

test('R-PIPE-5: a commit that the agent itself made becomes part of the one commit', async () => {
  const at = await ground(
    'echo new > made.txt; git add -A; git -c user.name=a -c user.email=a@b commit -qm Own; echo says success',
  );
  doneOf(await applying(at.work));
  expect(commitsOf(at)).toEqual(['Mend it']);
  expect(at.repository.git('show', `${at.routed.branch}:made.txt`)).toBe('new');
});

test('R-REPO-3: fear: an agent writes what is missing into a submodule that is not filled, and the checks are green by it', async () => {
  const repository = scratchRepository();
  repository.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},sub`);
  repository.git('commit', '--quiet', '-m', 'Add a submodule');
  repository.headSha = repository.git('rev-parse', 'HEAD');
  const beside = { repository, dataDirectory: scratchDirectory(), branch: 'moose/ab12-stub' };
  const script = `test -d sub && echo stub > sub/in.txt; ${good}`;
  const { work } = await ground(script, { beside });
  await expect(applying(work)).rejects.toMatchObject({
    code: 'FORBIDDEN_CHANGE',
    message: expect.stringContaining('sub/in.txt'),
  });
  await releaseWorktree(work);
  expect(repository.git('show', `refs/moose/preserved/${shortId(work.order.id)}:sub/in.txt`)).toBe('stub');
});
