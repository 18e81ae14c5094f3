// The judge of `moose chaos` sees each kind of damage, and nothing else: work is done by a real Moose, then damaged by hand.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Stranger, Submitted } from '../../chaos/instance.ts';
import type { Case } from '../../chaos/judge/case.ts';
import { type Figure, isClean, judge } from '../../chaos/judge/judge.ts';
import { commitOnto } from '../../chaos/stray-commit.ts';
import { chaosScript, checkOf, titleOf } from '../../chaos/work.ts';
import { parseCheck } from '../../src/engine/workplace/checks/parse-check.ts';
import { type Ground, openGround } from './ground.fixture.ts';
import { git, makeRepository } from './repository.fixture.ts';

const limitNanoUsd = 1_000_000_000n;
let ground: Ground;
let repositoryPath: string;
const submitted: Submitted[] = [];
const strangers: Stranger[] = [];

beforeAll(async () => {
  ground = await openGround();
  repositoryPath = await makeRepository(join(ground.directory, 'field'));
  for (const number of [1, 2]) {
    const title = titleOf(number);
    const checks = [parseCheck(checkOf(number))];
    const { id } = await ground.submit({ title, repositoryPath, limitNanoUsd, checks, answer: chaosScript });
    submitted.push({
      id,
      number,
      title,
      repositoryPath,
      remotePath: null,
      scenario: 'planted',
      limitNanoUsd,
    });
  }
  for (const { id } of submitted) expect(await ground.settled(id)).toMatchObject({ status: 'completed' });
});
afterAll(() => ground.close());

const judged = (given: Partial<Case> = {}) =>
  judge({
    database: ground.opened.database,
    dataDirectory: ground.config.dataDirectory,
    submitted,
    strangers,
    billedNanoUsd: 0n,
    diedAlone: [],
    ...given,
  });

/** Without the triggers and foreign keys that would refuse the damage. */
async function damage(statement: string): Promise<void> {
  await ground.opened.database.transaction(async (query) => {
    await sql`set local session_replication_role = replica`.execute(query);
    await sql.raw(statement).execute(query);
  });
}

/** The damage turns this figure red, for this reason, and no other figure; without it the judge is content again. */
async function expectFound(figure: Figure, what: RegExp, act: () => Promise<() => Promise<unknown>>) {
  const repair = await act();
  const verdict = await judged();
  await repair();
  expect(verdict[figure]).toEqual([expect.objectContaining({ what: expect.stringMatching(what) })]);
  expect(isClean({ ...verdict, [figure]: [] })).toBe(true);
  expect(isClean(await judged())).toBe(true);
  return verdict[figure][0];
}

const first = () => submitted[0] as Submitted;
const bySql = (there: string, back: string) => async () => {
  await damage(there);
  return () => damage(back);
};

test('R-CHA-1: work that was done as it should be is judged clean', async () => {
  expect(isClean(await judged())).toBe(true);
});

test('R-CHA-1: lost: an acknowledged work order without a row', async () => {
  const { id } = first();
  const ghost = { ...first(), id: '00000000-0000-7000-8000-000000000000' };
  const verdict = await judged({ submitted: [...submitted, ghost] });
  expect(verdict.lost).toEqual([
    { id: ghost.id, what: 'Write file 1: was acknowledged, and has no row', scenario: 'planted' },
  ]);
  const deleted = `update work_orders set id = '${ghost.id}' where id = '${id}'`;
  await damage(deleted);
  const gone = await judged();
  await damage(`update work_orders set id = '${id}' where id = '${ghost.id}'`);
  expect(gone.lost).toEqual([expect.objectContaining({ id, what: expect.stringContaining('has no row') })]);
  expect(isClean(await judged())).toBe(true);
});

test('R-CHA-1: lost: a work order that never ends', async () => {
  const { id } = first();
  const status = (name: string) => `update work_orders set status = '${name}' where id = '${id}'`;
  const found = await expectFound(
    'lost',
    /has not ended: in_progress/,
    bySql(status('in_progress'), status('completed')),
  );
  expect(found?.rows?.join('\n')).toMatch(/event transition.*\n(.*\n)*.*session agent patch cycle 0 attempt/);
});

test('R-CHA-1: lost: a branch that is gone from the remote, and a commit of somebody else', async () => {
  const { branch } = await ground.opened.moose.show(first().id);
  const { projectId } = await ground.opened.moose.find(first().id);
  const remote = join(ground.config.dataDirectory, 'remotes', `${projectId}.git`);
  const head = await git(remote, 'rev-parse', `refs/heads/${branch}`);
  await expectFound('lost', /its branch .* is not in/, async () => {
    await git(remote, 'update-ref', '-d', `refs/heads/${branch}`);
    return () => git(remote, 'update-ref', `refs/heads/${branch}`, head);
  });
  const sha = await commitOnto(repositoryPath, 'of-somebody', 'main');
  strangers.push({ workOrderId: null, repositoryPath, sha, scenario: 'planted' });
  await expectFound('lost', /the commit .* of somebody else is gone/, async () => {
    await git(repositoryPath, 'update-ref', '-d', 'refs/heads/of-somebody');
    return () => git(repositoryPath, 'update-ref', 'refs/heads/of-somebody', sha);
  });
});

test('R-CHA-1: doubled: a second pull request, and a second commit of a cycle', async () => {
  const { id } = first();
  const columns = 'project_id, work_order_id, title, body, head_sha, base_branch, base_sha';
  await expectFound(
    'doubled',
    /has 2 pull requests/,
    bySql(
      `insert into pull_requests (number, head_branch, ${columns}) select number + 1000, 'moose/second', ${columns}
        from pull_requests where work_order_id = '${id}'`,
      'delete from pull_requests where number >= 1000',
    ),
  );
  const { branch } = await ground.opened.moose.show(id);
  const head = await git(repositoryPath, 'rev-parse', `refs/heads/${branch}`);
  const message = await git(repositoryPath, 'log', '-1', '--format=%B', head);
  await expectFound('doubled', /two commits of cycle/, async () => {
    const tree = `${head}^{tree}`;
    const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org'];
    const second = await git(repositoryPath, ...who, 'commit-tree', tree, '-p', head, '-m', message);
    await git(repositoryPath, 'update-ref', `refs/heads/${branch}`, second);
    return () => git(repositoryPath, 'update-ref', `refs/heads/${branch}`, head);
  });
});

test('R-CHA-1: overspent: more than the limit of a work order or a window, and more than the ledger knows', async () => {
  const { id } = first();
  const cost = (change: string) =>
    `update work_orders set cost_nano_usd = cost_nano_usd ${change} where id = '${id}'`;
  await expectFound(
    'overspent',
    /its limit is 1000000000/,
    bySql(cost('+ 2000000000'), cost('- 2000000000')),
  );
  const limit = (change: string) => `update budget_windows set limit_nano_usd = limit_nano_usd ${change}
    where key = (select min(key) from budget_windows)`;
  await expectFound(
    'overspent',
    /the window .* holds/,
    bySql(limit('- 99999999999'), limit('+ 99999999999')),
  );
  const { overspent } = await judged({ billedNanoUsd: 10n ** 15n });
  expect(overspent).toEqual([expect.objectContaining({ id: 'bill' })]);
});

test('R-CHA-1: orphaned: a process, a worktree, a branch and a reservation that nobody owns', async () => {
  const { dataDirectory } = ground.config;
  const worktree = join(dataDirectory, 'worktrees', 'stray');
  await expectFound('orphaned', /nobody owns the worktree/, async () => {
    await mkdir(worktree, { recursive: true });
    return () => rm(worktree, { recursive: true });
  });
  await expectFound('orphaned', /nobody owns the branch moose\/stray/, async () => {
    await git(repositoryPath, 'branch', 'moose/stray', 'main');
    return () => git(repositoryPath, 'branch', '-D', 'moose/stray');
  });
  await expectFound('orphaned', /of a session lives/, async () => {
    const child: ChildProcess = spawn('sleep', ['60'], {
      env: { PATH: process.env.PATH, MOOSE_SESSION: 'stray', HOME: dataDirectory },
      stdio: 'ignore',
    });
    const gone = new Promise((resolve) => child.once('exit', resolve));
    return async () => {
      child.kill('SIGKILL');
      await gone;
    };
  });
  const session = (state: string) => `update sessions set state = '${state}'
    where id = (select id from sessions where state = '${state === 'running' ? 'exited' : 'running'}' order by id limit 1)`;
  await expectFound(
    'orphaned',
    /the session .* is running after its run/,
    bySql(session('running'), session('exited')),
  );
});

test('R-CHA-1: silent: a failed work order without a text, an error or a question, and a Moose that died', async () => {
  const { id } = first();
  await damage(`update work_orders set status = 'failed', failure = null where id = '${id}'`);
  const { silent, ...others } = await judged();
  await damage(`update work_orders set status = 'completed' where id = '${id}'`);
  expect(silent.map(({ what }) => what)).toEqual([
    'Write file 1: is failed, and its failure has no text',
    'Write file 1: is failed, and nobody is asked',
    'Write file 1: is failed, and no error is recorded',
  ]);
  expect(isClean({ ...others, silent: [] })).toBe(true);
  const { silent: died } = await judged({ diedAlone: ['worker ended by itself (1): said nothing'] });
  expect(died).toEqual([expect.objectContaining({ id: 'process' })]);
});
