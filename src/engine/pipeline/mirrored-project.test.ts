// A work order for a project with a URL, from a real remote to a real pull request branch on that remote.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import type { RoutingResult } from '../../domain/work-order/step-result.ts';
import { gitServer } from '../../git/git-server.fixture.ts';
import { readRemoteAddress } from '../../git/remote/remote-address.ts';
import { scratchDirectory } from '../../git/scratch-repository.fixture.ts';
import { systemClock } from '../../stdx/clock.ts';
import { changeProjectSettings, ensureProject, projectById } from '../../store/work/projects/projects.ts';
import { runById } from '../../store/work/runs/runs.ts';
import { theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { findWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { undo } from '../commands/start-run.ts';
import { submit } from '../commands/submit/submit.ts';
import { projectHere } from '../run/project-here.ts';
import type { Work } from '../run/work.ts';
import { executeRun } from './execute-run.ts';
import { askedAfterMs } from './leave-to-other-machine.ts';
import { routing } from './routing/routing.ts';
import { atStep, proposalOf, type ScratchWork } from './scratch-pipeline.fixture.ts';
import { scriptedAgent } from './scripted-agent.fixture.ts';
import { scriptedModel } from './scripted-model.fixture.ts';

const shared = sharedDatabase();
const checks = [{ kind: 'test' as const, command: 'test "$(cat made.txt)" = new', source: 'given' }];

/** A work order just before `routing`, of a project with this remote. */
async function ground(
  given: { address?: (url: string) => string; base?: string; projectBase?: string } = {},
) {
  const server = await gitServer();
  const { work } = await atStep(shared(), 'routing', {
    agents: [scriptedAgent('echo new > made.txt; echo says success made it')],
    models: [scriptedModel('p/a', [proposalOf('new'), proposalOf('new')])],
    orderSettings: { checks, ...(given.base ? { base: given.base } : {}) },
  });
  const { query } = work.database;
  const { url: remoteUrl, address: remoteAddress } = readRemoteAddress(
    given.address?.(server.path) ?? server.url,
  );
  const project = await ensureProject(query, { remoteUrl, remoteAddress }, 'api', new Date());
  if (given.projectBase) await changeProjectSettings(query, project.id, { base: given.projectBase });
  await query
    .updateTable('workOrders')
    .set({ projectId: project.id })
    .where('id', '=', work.order.id)
    .execute();
  work.project = projectHere(await projectById(query, project.id), work.settings.dataDirectory);
  work.order = await theWorkOrder(work.database, work.order.id);
  return { server, work };
}

/** Gives the run to a machine, as the queue does. */
async function execute(work: Work, runId = work.run.id): Promise<void> {
  const run = await runById(work.database.query, runId);
  await executeRun(work, runId, { executorId: 'x', slots: work.slots, leg: run?.leg ?? 0 }, work.signal);
}

async function routed(work: ScratchWork): Promise<RoutingResult> {
  const end = await routing(work);
  if (end.end !== 'done') throw new Error(`It ended as ${end.end}`);
  await work.database.transaction(async (query) => end.also?.(query));
  return end.result;
}

test.each([
  ['over HTTP', undefined],
  ['by a file URL', (path: string) => `file://${path}`],
])('R-PROJ-1: %s: from the URL of a project to the branch of its pull request', async (_, address) => {
  const { server, work } = await ground(address ? { address } : {});
  const before = server.git('rev-parse', 'main');
  await execute(work);
  const order = await theWorkOrder(work.database, work.order.id);
  expect(order).toMatchObject({ status: 'completed', baseBranch: 'main', baseSha: before });
  expect(server.git('show', `${order.branch}:made.txt`)).toBe('new');
  expect(server.git('rev-parse', `${order.branch}^`, 'main').split('\n')).toEqual([before, before]);
  expect(work.forge.pullRequests).toMatchObject([{ headBranch: order.branch, baseBranch: 'main' }]);
  expect(readdirSync(join(work.settings.dataDirectory, 'mirrors'))).toEqual([`${work.project.id}.git`]);
  expect(await projectById(work.database.query, work.project.id)).toMatchObject({ defaultBranch: 'main' });
  // After an undo, nothing is left on the remote.
  await undo({ database: work.database, clock: systemClock }, order, 'human:test');
  const runs = await work.database.query.selectFrom('runs').select('id').where('kind', '=', 'undo').execute();
  await execute(work, runs.at(-1)?.id);
  expect(await theWorkOrder(work.database, order.id)).toMatchObject({ status: 'cancelled' });
  expect(server.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
});

test("R-PROJ-1: the base is the work order's branch, else the project's, else the default branch of the remote", async () => {
  const of = async (
    given: Parameters<typeof ground>[0],
    prepare?: (server: Awaited<ReturnType<typeof gitServer>>) => void,
  ) => {
    const { server, work } = await ground(given);
    const shas = {
      main: server.git('rev-parse', 'main'),
      next: server.commit({ 'next.txt': 'x' }, 'next'),
      old: server.commit({ 'old.txt': 'x' }, 'old'),
    };
    prepare?.(server);
    return { shas, result: await routed(work) };
  };
  const byOrder = await of({ base: 'next', projectBase: 'old' });
  expect(byOrder.result).toMatchObject({ baseBranch: 'next', baseSha: byOrder.shas.next });
  const byProject = await of({ projectBase: 'old' });
  expect(byProject.result).toMatchObject({ baseBranch: 'old', baseSha: byProject.shas.old });
  const byRemote = await of({}, (server) => server.git('symbolic-ref', 'HEAD', 'refs/heads/next'));
  expect(byRemote.result).toMatchObject({ baseBranch: 'next', baseSha: byRemote.shas.next });
});

test('R-PROJ-2: else the branch that the file on the default branch names, and never what a file elsewhere names', async () => {
  const { server, work } = await ground();
  const next = server.commit({ '.moose/config.yml': 'base: main\n' }, 'next');
  server.commit({ '.moose/config.yml': 'base: next\n' });
  expect(await routed(work)).toMatchObject({ baseBranch: 'next', baseSha: next });
});

test('R-PROJ-2: a file that names no branch of the remote stops the work order, and says which file it is', async () => {
  const { server, work } = await ground();
  server.commit({ '.moose/config.yml': 'base: mian\n' });
  await expect(routing(work)).rejects.toMatchObject({
    code: 'BASE_BRANCH_UNKNOWN',
    message: expect.stringContaining('which .moose/config.yml on main names'),
    advice: expect.stringContaining('main'),
  });
});

test('R-PROJ-1: each work order starts from the current state of the remote', async () => {
  const { server, work } = await ground();
  await routed(work);
  const later = server.commit({ 'later.txt': 'x' });
  const { order } = await submit(
    { database: work.database, clock: systemClock },
    { title: 'The next one', project: work.project.id },
    'human:test',
  );
  expect(await routed({ ...work, order: await theWorkOrder(work.database, order.id) })).toMatchObject({
    baseSha: later,
  });
});

test('R-PROJ-1: a deleted base branch, or a remote without branches, is reported before anything is spent', async () => {
  const { work } = await ground({ base: 'gone' });
  await expect(routing(work)).rejects.toMatchObject({ code: 'BASE_BRANCH_UNKNOWN' });
  const empty = await ground();
  empty.server.git('update-ref', '-d', 'refs/heads/main');
  await expect(routing(empty.work)).rejects.toMatchObject({
    code: 'REMOTE_WITHOUT_DEFAULT_BRANCH',
    advice: expect.stringContaining('--base'),
  });
});

test('R-PROJ-1: a mistyped base is refused at submission, if this machine can reach the remote', async () => {
  const { work, server } = await ground();
  server.git('branch', 'develop', 'main');
  const deps = { database: work.database, clock: systemClock };
  const wish = { title: 'X', base: 'develp' };
  for (const place of [{ repositoryPath: server.url }, { project: work.project.id }])
    await expect(submit(deps, { ...wish, ...place }, 'human:test')).rejects.toMatchObject({
      code: 'BASE_BRANCH_UNKNOWN',
      advice: expect.stringContaining('develop'),
    });
  server.answer = (_request, response) => void response.writeHead(503).end();
  const { order } = await submit(deps, { ...wish, project: work.project.id }, 'human:test');
  expect(order.settings.base).toBe('develp');
});

// Before there is a change, before it is published, and after it.
test.each(['routing:end', 'applying:end', 'creating_pr:end'])(
  'R-PROJ-1: after %s, another machine continues from the stored change, although the base was force-pushed meanwhile',
  async (death) => {
    const { server, work } = await ground();
    const process = new AbortController();
    const dying: Work = {
      ...work,
      signal: process.signal,
      reached: (point) => {
        if (point !== death) return;
        process.abort(new DOMException('Moose died', 'AbortError'));
        throw process.signal.reason;
      },
    };
    await expect(execute(dying)).rejects.toThrow('Moose died');
    const orphan = server.git('commit-tree', 'main^{tree}', '-m', 'Rewritten');
    server.git('update-ref', 'refs/heads/main', orphan);
    server.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
    const settings = { ...work.settings, dataDirectory: scratchDirectory(), host: 'there' };
    await execute({ ...work, settings });
    const order = await theWorkOrder(work.database, work.order.id);
    expect(order).toMatchObject({ status: 'completed' });
    expect(server.git('show', `${order.branch}:made.txt`)).toBe('new');
  },
);

test('R-PROJ-1: a machine without access leaves the work and says why; after a temporary failure it does not', async () => {
  const { server, work } = await ground();
  server.answer = (_request, response) =>
    void response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end();
  await execute(work);
  const left = await runById(work.database.query, work.run.id);
  expect(left).toMatchObject({ state: 'running', executor: null, declines: 1, declinedBy: ['here'] });
  expect(left?.waitingFor).toContain(`The machine here cannot reach ${work.project.remoteUrl}`);
  expect(left?.waitingFor).toContain('credential');
  expect(existsSync(join(work.settings.dataDirectory, 'mirrors'))).toBe(false);
  server.answer = (_request, response) => void response.writeHead(503).end();
  await execute(work);
  expect(await runById(work.database.query, work.run.id)).toMatchObject({ declines: 0, declinedSince: null });
  expect(await theWorkOrder(work.database, work.order.id)).toMatchObject({ status: 'in_progress' });
});

test("R-ESC-5, R-PROJ-1: if no machine reaches the remote for minutes, a person is asked once, with git's message", async () => {
  const { work } = await ground();
  const { query } = work.database;
  const remoteAddress = 'https://nowhere.invalid/acme/api.git';
  await query.updateTable('projects').set({ remoteAddress }).where('id', '=', work.project.id).execute();
  await execute(work);
  const left = await runById(query, work.run.id);
  expect(left).toMatchObject({ declines: 1, executor: null });
  expect(left?.waitingFor).toContain('cannot be resolved');
  const clock = { now: () => new Date(Date.now() + askedAfterMs + 60_000) };
  await execute({ ...work, clock });
  const asked = await query
    .selectFrom('escalations')
    .select(['title', 'status'])
    .where('code', '=', 'REPOSITORY_UNREACHABLE')
    .execute();
  const title = `No machine can work on ${work.project.remoteUrl}: here has no access`;
  expect(asked).toEqual([{ title, status: 'open' }]);
});

test('R-PROJ-1: work for a remote that this machine cannot reach is accepted, with a warning', async () => {
  const { work, server } = await ground();
  const deps = { database: work.database, clock: systemClock };
  const address = `${server.url.replace('/api.git', '')}/nowhere.git`;
  const { order, warnings } = await submit(deps, { title: 'X', repositoryPath: address }, 'human:test');
  expect(warnings).toEqual([expect.stringContaining(`This machine cannot reach ${address}`)]);
  const { projectId } = await findWorkOrder(work.database.query, order.id);
  expect(await projectById(work.database.query, projectId)).toMatchObject({ remoteAddress: address });
  const again = await submit(deps, { title: 'Y', repositoryPath: `${address}/` }, 'human:test');
  expect([again.order.projectId, again.warnings]).toEqual([projectId, []]);
  const refused = { title: 'Z', repositoryPath: `${address}-other`, mayAddProject: false };
  await expect(submit(deps, refused, 'api:ci')).rejects.toMatchObject({ code: 'PROJECT_NOT_YOURS' });
});
