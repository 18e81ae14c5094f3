// Published packages and their published fixes: the input is a repository of the earlier version and the text of the
// changelog. The result is a pull request with the later version's files that has passed the packages' own checks.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startScriptedProvider } from '../../src/demo/scripted-provider.ts';
import type { Proposal } from '../../src/domain/agents/proposal.ts';
import { submit } from '../../src/engine/commands/submit/submit.ts';
import { showWorkOrder } from '../../src/engine/views/work-order/show.ts';
import { runGit, runGitBytes } from '../../src/git/run/run-git.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { cloneDatabase } from '../database.ts';
import { compilerModules } from '../real-input/package-checks.ts';
import { realPackages } from '../real-input/packages.ts';
import { prepareRealInput, type RealInput } from '../real-input/prepare.ts';
import { waitUntilFinished } from './farm.fixture.ts';
import { endGateways } from './gateway-processes.fixture.ts';
import { type MooseProcess, startMoose } from './moose-process.ts';

const minuteMs = 60_000;
const inputs = new Map<string, RealInput>();
const proposals = new Map<string, Proposal>();
const closers: Array<() => Promise<unknown>> = [];
let database: Database;
let moose: MooseProcess;
let dataDirectory: string;

beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), 'moose-real-input-'));
  closers.push(() => rm(root, { recursive: true, force: true, maxRetries: 3 }));
  dataDirectory = join(root, 'data');
  for (const one of realPackages) {
    const input = await prepareRealInput(one, join(root, one.name));
    inputs.set(one.name, input);
    proposals.set(one.workOrder.title, input.proposal);
  }
  const provider = await startScriptedProvider({
    script: ({ title }) => proposals.get(title ?? '') ?? { raw: 'There is no such work order.' },
  });
  closers.push(() => provider.stop());
  const cloned = await cloneDatabase();
  database = openDatabase(cloned.url);
  closers.push(cloned.drop, () => database.close());
  // A check's home has no npm cache: it installs from the registry, with this machine's settings.
  const { NODE_EXTRA_CA_CERTS: authorities } = process.env;
  moose = await startMoose({
    databaseUrl: cloned.url,
    dataDirectory,
    scriptedBaseUrl: provider.baseUrl,
    env: {
      MOOSE_SANDBOX_PATHS: compilerModules,
      ...(authorities === undefined ? {} : { NODE_EXTRA_CA_CERTS: authorities }),
    },
  });
  closers.push(async () => {
    await moose.kill();
    await endGateways(dataDirectory);
  });
  for (const one of realPackages) {
    const { repositoryPath } = inputs.get(one.name) ?? { repositoryPath: '' };
    const { title, description } = one.workOrder;
    await submit(
      { database, clock: systemClock },
      {
        title,
        description,
        repositoryPath,
        checks: one.checks,
        allowCiChanges: one.changedFiles.some(({ path }) => path.startsWith('.github/')),
      },
      'human:test',
    );
  }
  await waitUntilFinished(database, [moose], 4 * minuteMs);
}, 6 * minuteMs);

afterAll(async () => {
  for (const close of closers.reverse()) await close();
}, minuteMs);

test.each(
  realPackages.map((one) => [`${one.name} ${one.earlier.version} → ${one.later.version}`, one] as const),
)('R-PIPE-6, R-PIPE-7: %s becomes a verified pull request with the published files', async (_, one) => {
  const input = inputs.get(one.name);
  if (!input) throw new Error(`${one.name} was not prepared`);
  const order = await database.query
    .selectFrom('workOrders')
    .selectAll()
    .where('title', '=', one.workOrder.title)
    .executeTakeFirstOrThrow();
  const detail = await showWorkOrder({ database, clock: systemClock, actor: 'human:test' }, order.id);
  expect(detail, detail.explain).toMatchObject({ status: 'completed', is_scripted: true, failure: null });

  const verified = detail.steps.find(({ step }) => step === 'verifying')?.result as {
    checks: Array<{ command: string; passed: boolean }>;
  };
  expect(verified.checks.map(({ command, passed }) => ({ command, passed }))).toEqual(
    one.checks.map(({ command }) => ({ command, passed: true })),
  );

  const remote = join(dataDirectory, 'remotes', `${order.projectId}.git`);
  const head = order.branch ?? '';
  const { stdout } = await runGit(remote, ['diff', '--name-only', '-z', input.baseSha, head]);
  expect(stdout.split('\0').filter(Boolean).sort()).toEqual(one.changedFiles.map(({ path }) => path).sort());
  for (const { path, change } of one.changedFiles) {
    if (change === 'deleted') continue;
    const { stdout: content } = await runGitBytes(remote, ['cat-file', 'blob', `${head}:${path}`]);
    expect(content.equals(input.laterTree.get(path) ?? Buffer.alloc(0)), path).toBe(true);
  }
  const pullRequest = await database.query
    .selectFrom('pullRequests')
    .selectAll()
    .where('workOrderId', '=', order.id)
    .executeTakeFirstOrThrow();
  expect(pullRequest).toMatchObject({ state: 'open', headBranch: head });
  expect(pullRequest.body).toContain('scripted model');
});
