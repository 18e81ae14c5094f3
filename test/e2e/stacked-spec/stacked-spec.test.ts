// A spec in five work orders on a published package: a diamond and a chain. Each is based on what it depends
// on, and they end as five merged pull requests, whose sum is what the spec asked for (R-SPEC-2, R-SPEC-5).
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import type { WorkOrderId } from '../../../src/domain/ids.ts';
import { addPlan } from '../../../src/store/work/plans/plannings.ts';
import { projectById } from '../../../src/store/work/projects/projects.ts';
import { lacksGitea } from '../../forges/gitea.fixture.ts';
import { openCiGround } from '../ci.fixture.ts';
import { eventually } from '../eventually.fixture.ts';
import { openAccount } from '../farm.fixture.ts';
import { type Ground, openGround } from '../ground.fixture.ts';
import { git } from '../repository.fixture.ts';
import {
  judge,
  pieces,
  plan,
  proposalFor,
  publishedPackage,
  testCommand,
  titleOf,
} from './package.fixture.ts';

const run = promisify(execFile);
const minuteMs = 60_000;
const keys = Object.keys(pieces);

/** By the key of each work order. */
type Running = ReadonlyMap<string, WorkOrderId>;

/** Stores the plan of a spec, and runs it. */
async function runSpec(ground: Ground, repositoryPath: string, settings = {}): Promise<Running> {
  const { database, mooseFor } = ground.opened;
  const moose = mooseFor('human:ada');
  for (const key of keys) ground.answer(titleOf(key), proposalFor(key));
  const { project } = await moose.projects.add({ repository: repositoryPath, name: 'strings' });
  await moose.projects.change(project.id, settings);
  const { id } = await moose.specs.upload({ name: 'Signatures', content: '# Sign\n', project: 'strings' });
  const made = { problems: [], planningId: null, madeBy: 'human:ada', because: 'written' };
  await database.transaction((query) => addPlan(query, { ...made, id: randomUUID(), specId: id, plan }));
  await moose.specs.run(id);
  const rows = await database.query
    .selectFrom('workOrders')
    .select(['id', 'planKey'])
    .where('specId', '=', id)
    .execute();
  return new Map(rows.map((row) => [row.planKey ?? '', row.id]));
}

interface Proposed {
  key: string;
  number: number;
  state: string;
  baseBranch: string;
}

/** Their pull requests, from the first to the last. */
async function pullsOf({ opened: { database } }: Ground, ids: Running): Promise<Proposed[]> {
  const rows = await database.query
    .selectFrom('pullRequests')
    .select(['workOrderId', 'number', 'state', 'baseBranch'])
    .where('workOrderId', 'in', [...ids.values()])
    .orderBy('number')
    .execute();
  const keyOf = new Map(Array.from(ids, ([key, id]) => [id, key]));
  return rows.map(({ workOrderId, ...row }) => ({ key: keyOf.get(workOrderId) ?? '', ...row }));
}

async function until(ground: Ground, holds: () => Promise<boolean>, withinMs: number) {
  await eventually(
    async () => {
      if (await holds()) return;
      const { moose, database } = ground.opened;
      const orders = await moose.list({ limit: 10 });
      const told = orders.map(({ title, explain }) => `${title}: ${explain}`);
      throw new Error(['Not yet:', ...told, await openAccount(database)].join('\n'));
    },
    withinMs,
    500,
  );
}

const allMerged = (pulls: readonly Proposed[]) =>
  pulls.length === keys.length && pulls.every(({ state }) => state === 'merged');

/** The tests of the package, the new ones among them, and a test of the whole on the merged base branch. */
async function judgeSum(remote: string, into: string): Promise<void> {
  await git('/', 'clone', '--quiet', '--branch', 'main', remote, into);
  const [program = '', ...args] = testCommand.split(' ');
  const { stdout } = await run(program, args, { cwd: into });
  expect(stdout).toMatch(/^1[0-9]{2} passed/);
  await run(process.execPath, ['-e', judge], { cwd: into });
}

test(
  'R-SPEC-5: on the local forge, where people merge from the bottom up',
  async () => {
    const ground = await openGround();
    onTestFinished(() => ground.close());
    const { moose, mooseFor } = ground.opened;
    const repositoryPath = join(ground.directory, 'strings');
    await git(ground.directory, 'clone', '--quiet', await publishedPackage(), repositoryPath);
    await git(repositoryPath, 'remote', 'remove', 'origin');
    const ids = await runSpec(ground, repositoryPath);
    const completed = async (...wanted: string[]) =>
      (await Promise.all(wanted.map((key) => moose.find(ids.get(key) ?? '')))).every(
        ({ status }) => status === 'completed',
      );
    // Nobody merges: the chain still continues, and what joins two branches waits.
    await until(ground, () => completed('words', 'title-case', 'initials'), 8 * minuteMs);
    const { branch } = await moose.find(ids.get('words') ?? '');
    expect(await pullsOf(ground, ids)).toMatchObject([
      { key: 'words', baseBranch: 'main' },
      { baseBranch: branch },
      { baseBranch: branch },
    ]);
    const ada = mooseFor('human:ada');
    const merge = async (key: string) => ada.merge(ids.get(key) ?? '');
    await expect(merge('initials')).rejects.toMatchObject({ code: 'PULL_REQUEST_STACKED' });
    for (const key of ['words', 'initials', 'title-case']) await merge(key);
    await until(ground, () => completed('signature', 'signatures'), 8 * minuteMs);
    await expect(merge('signatures')).rejects.toMatchObject({ code: 'PULL_REQUEST_STACKED' });
    for (const key of ['signature', 'signatures']) await merge(key);
    const pulls = await pullsOf(ground, ids);
    expect(allMerged(pulls), JSON.stringify(pulls)).toBe(true);
    expect(pulls.map(({ baseBranch }) => baseBranch)).toEqual(keys.map(() => 'main'));
    const { projectId } = await moose.find(ids.get('words') ?? '');
    const project = await projectById(ground.opened.database.query, projectId);
    const remote = project.settings.remote_path ?? '';
    await judgeSum(remote, join(ground.directory, 'sum'));
  },
  10 * minuteMs,
);

test.skipIf(lacksGitea)(
  'R-SPEC-5: on a real Gitea that squashes, where Moose merges what CI accepts',
  async () => {
    const ci = await openCiGround();
    onTestFinished(() => ci.close());
    const { ground, gitea, runner } = ci;
    const repositoryPath = join(ground.directory, 'strings');
    await git(ground.directory, 'clone', '--quiet', await publishedPackage(), repositoryPath);
    await git(repositoryPath, 'remote', 'remove', 'origin');
    const { path, pushUrl } = await gitea.addRepository({
      name: 'strings',
      from: repositoryPath,
      writers: [],
    });
    await git(repositoryPath, 'remote', 'add', 'origin', pushUrl);
    await gitea.api('PATCH', `/repos/${path}`, { default_merge_style: 'squash' });
    const ends = new AbortController();
    const deciding = runner.decide(() => ({ result: 'success' }), ends.signal);
    const hinting = setInterval(() => void ci.hint().catch(() => undefined), 1_000);
    try {
      const ids = await runSpec(ground, repositoryPath, { merge: 'green' });
      await until(ground, async () => allMerged(await pullsOf(ground, ids)), 12 * minuteMs);
      for (const id of ids.values()) {
        const order = await ground.opened.moose.find(id);
        expect(order).toMatchObject({
          status: 'completed',
          baseBranch: 'main',
          refinementCycles: 0,
          agentRuns: 1,
        });
      }
      // One commit for each on the base branch: nothing of a lower change came twice.
      await judgeSum(pushUrl, join(ground.directory, 'sum'));
      const log = await git(join(ground.directory, 'sum'), 'log', '--format=%s');
      expect(log.split('\n').filter((line) => line.startsWith('Build '))).toHaveLength(keys.length);
    } finally {
      clearInterval(hinting);
      ends.abort();
      await deciding.catch(() => undefined);
    }
  },
  20 * minuteMs,
);
