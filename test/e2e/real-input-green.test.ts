// Published packages and their published fixes, judged three times each: the fix with its tests becomes a verified pull
// request with the published files, the fix without them is refused, and the tests without the fix are red. The input is a
// repository of the earlier version, without the test, and the text of the changelog.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorkOrderRecord } from '../../src/contract/contract.ts';
import type { Edit } from '../../src/domain/agents/proposal.ts';
import { nothingAsked } from '../../src/domain/work-order/asked.ts';
import type { Check } from '../../src/domain/work-order/check.ts';
import { runGit, runGitBytes } from '../../src/git/run/run-git.ts';
import { compilerModules } from '../real-input/package-checks.ts';
import { realPackages } from '../real-input/packages.ts';
import { prepareRealInput, type RealInput } from '../real-input/prepare.ts';
import type { RealPackage } from '../real-input/real-package.ts';
import { type Ground, openGround } from './ground.fixture.ts';
import { git, touch } from './repository.fixture.ts';

const minuteMs = 60_000;
const atOnce = 3;
/** Was published by mistake; what tools drop beside their work is no part of a change. */
const droppedByTool = '.eslintcache';
type Parts = 'the fix and its tests' | 'the fix alone' | 'its tests alone';
const ends = new Map<string, WorkOrderRecord>();
const inputs = new Map<string, RealInput>();
let ground: Ground;

beforeAll(async () => {
  const { NODE_EXTRA_CA_CERTS: authorities } = process.env;
  ground = await openGround({
    MOOSE_SANDBOX_PATHS: compilerModules,
    ...(authorities === undefined ? {} : { NODE_EXTRA_CA_CERTS: authorities }),
  });
  const waiting = [...realPackages];
  const work = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) await judge(one);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}, 8 * minuteMs);
afterAll(() => ground?.close());

/** Of the added files, the one that the check of the package runs. */
const testOf = ({ addedFiles }: RealPackage) =>
  addedFiles.find(({ path }) => path.startsWith('test/')) ?? { path: '', from: 'later' as const };

async function judge(one: RealPackage): Promise<void> {
  const input = await prepareRealInput(one, join(ground.directory, 'packages', one.name));
  inputs.set(one.name, input);
  const { repositoryPath } = input;
  const { path } = testOf(one);
  const tests: Edit = { kind: 'write', path, content: await readFile(join(repositoryPath, path), 'utf8') };
  // The repository before somebody wrote the test: it has another one, which passes.
  await git(repositoryPath, 'rm', '--quiet', path);
  await touch(repositoryPath, { 'test/loads.test.cjs': loads(one.name) });
  await git(repositoryPath, 'add', '--all', '--force');
  await git(repositoryPath, 'commit', '--quiet', '-m', 'A test');
  const parts: Record<Parts, Edit[]> = {
    'the fix and its tests': [...input.proposal.edits, tests],
    'the fix alone': input.proposal.edits.filter((edit) => !edit.path.startsWith('test/')),
    'its tests alone': [tests],
  };
  for (const [name, edits] of Object.entries(parts)) {
    const { id } = await ground.submit({
      title: `${one.workOrder.title}: ${name}`,
      description: `${one.workOrder.description} Add a test.`,
      asked: { ...nothingAsked, needs_test: name === 'the fix alone' },
      repositoryPath,
      checks: checksOf(one),
      allowCiChanges: true,
      answer: ({ attempt }) =>
        attempt === 1
          ? { plan: 'As published.', edits, risks: [] }
          : { status: 400, body: { error: 'once' } },
    });
    ends.set(`${one.name}: ${name}`, await ground.settled(id));
  }
}

const loads = (name: string) =>
  `const test = require('node:test');\ntest('${name} can be loaded', () => { require('..'); });\n`;

/** Its test may not be there. */
function checksOf({ checks }: RealPackage): Check[] {
  const typecheck = checks.flatMap((check) =>
    check.kind === 'typecheck'
      ? [
          {
            ...check,
            command: check.command.replace(/ (\S+)$/, ' $(ls test/*.cts 2>/dev/null || echo --help)'),
          },
        ]
      : [],
  );
  const modules = checks.flatMap(({ command }) => /^NODE_PATH=\S+ /.exec(command)?.[0] ?? []).join('');
  const tests: Check = { kind: 'test', command: `${modules}node --test test/*.test.*js`, source: 'given' };
  return [...checks.filter(({ kind }) => kind === 'setup'), tests, ...typecheck];
}

function endOf({ name }: RealPackage, parts: Parts) {
  const end = ends.get(`${name}: ${parts}`);
  if (!end) throw new Error(`${name}: nothing was judged`);
  const kinds = end.verification?.findings.map(({ weight, kind }) => `${weight} ${kind}`) ?? [];
  return { ...end, kinds };
}

test.each(realPackages.map((one) => [one.name, one] as const))(
  'R-PIPE-6, R-PIPE-7: %s becomes a verified pull request with the published files',
  async (_, one) => {
    const detail = endOf(one, 'the fix and its tests');
    expect(detail, detail.explain).toMatchObject({ status: 'completed', is_scripted: true, failure: null });
    const verified = detail.steps.find(({ step }) => step === 'verifying')?.result as {
      checks: Array<{ command: string; passed: boolean }>;
    };
    expect(verified.checks.map(({ command, passed }) => ({ command, passed }))).toEqual(
      checksOf(one).map(({ command }) => ({ command, passed: true })),
    );
    const { baseSha, branch, projectId, id } = await ground.opened.moose.find(detail.id);
    const remote = join(ground.config.dataDirectory, 'remotes', `${projectId}.git`);
    const { stdout } = await runGit(remote, ['diff', '--name-only', '-z', `${baseSha}`, `${branch}`]);
    const published = one.changedFiles.filter(({ path }) => path !== droppedByTool);
    const expected = [...published.map(({ path }) => path), testOf(one).path];
    expect(stdout.split('\0').filter(Boolean).sort()).toEqual(expected.sort());
    for (const { path, change } of published) {
      if (change === 'deleted') continue;
      const { stdout: content } = await runGitBytes(remote, ['cat-file', 'blob', `${branch}:${path}`]);
      expect(content.equals(inputs.get(one.name)?.laterTree.get(path) ?? Buffer.alloc(0)), path).toBe(true);
    }
    const pullRequest = await ground.opened.database.query
      .selectFrom('pullRequests')
      .selectAll()
      .where('workOrderId', '=', id)
      .executeTakeFirstOrThrow();
    expect(pullRequest).toMatchObject({ state: 'open', headBranch: branch });
    expect(pullRequest.body).toContain('scripted model');
  },
);

test.each(realPackages.map((one) => [one.name, one] as const))(
  'R-GREEN-4, R-GREEN-8: the published fix of %s with its tests is verified, without them it is refused, and they are red without it',
  (_, one) => {
    const whole = endOf(one, 'the fix and its tests');
    expect(whole.kinds.filter((each) => each.startsWith('refuses'))).toEqual([]);
    expect(whole).toMatchObject({ status: 'completed', verification: { is_verified: true } });
    const alone = endOf(one, 'the fix alone');
    expect(alone.status).not.toBe('completed');
    expect(alone.kinds.join()).toMatch(/refuses (?:no_test_added|never_red|unproved)/);
    const red = endOf(one, 'its tests alone');
    expect(red.status).not.toBe('completed');
    expect(red.errors[0]).toMatchObject({ code: 'CHECK_FAILED' });
  },
);
