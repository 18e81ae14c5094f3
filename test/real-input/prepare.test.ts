import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { isMooseError } from '../../src/domain/failure.ts';
import type { Check } from '../../src/domain/work-order/check.ts';
import { freePort } from '../free-port.ts';
import { applyEdits } from './apply-edits.ts';
import { fetchPackage } from './fetch-package.ts';
import { readTree, writeTreeFile } from './file-tree.ts';
import { realPackages } from './packages.ts';
import { prepareRealInput, type RealInput } from './prepare.ts';
import type { RealPackage } from './real-package.ts';

// Needs npm and a reachable registry; if the tarballs are in the cache, only for the two packages that install
// something.

const checkTimeoutMs = 60_000;

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'moose-real-input-'));
});

afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

async function git(cwd: string, ...argv: string[]): Promise<string> {
  return (await execa('git', argv, { cwd })).stdout;
}

interface Outcome {
  passed: boolean;
  output: string;
}

async function run({ command }: Check, cwd: string): Promise<Outcome> {
  const result = await execa('sh', ['-c', command], {
    cwd,
    all: true,
    reject: false,
    timeout: checkTimeoutMs,
  });
  return { passed: !result.failed, output: result.all };
}

/** Runs the checks in order; the first failure ends the run, as in a pipeline. */
async function runChecks(checks: readonly Check[], cwd: string): Promise<Outcome & { kind: string | null }> {
  for (const check of checks) {
    const outcome = await run(check, cwd);
    if (!outcome.passed) return { ...outcome, kind: check.kind };
  }
  return { passed: true, output: '', kind: null };
}

async function applyProposal(input: RealInput, worktreePath: string): Promise<void> {
  const before = new Map<string, string>();
  for (const [path, { content }] of await readTree(worktreePath)) before.set(path, content.toString('utf8'));
  const after = applyEdits(before, input.proposal.edits);
  for (const { path, change } of input.changedFiles) {
    if (change === 'deleted') await rm(join(worktreePath, path));
    else await writeTreeFile(worktreePath, path, after.get(path) ?? '');
  }
}

async function earlierWorktree(
  realPackage: RealPackage,
): Promise<{ input: RealInput; worktreePath: string }> {
  const directory = join(root, realPackage.name);
  const input = await prepareRealInput(realPackage, directory);
  const worktreePath = join(directory, 'worktree');
  await git(directory, 'clone', '--quiet', input.repositoryPath, worktreePath);
  return { input, worktreePath };
}

describe.each(realPackages)('$name $earlier.version → $later.version', (realPackage) => {
  test('the checks fail on the earlier version, and the proposal makes it the later one, on which they pass', async () => {
    const { input, worktreePath } = await earlierWorktree(realPackage);
    expect(await git(worktreePath, 'rev-parse', 'HEAD')).toBe(input.baseSha);
    expect(await readTree(worktreePath)).toEqual(await readTree(input.repositoryPath));

    const wholeFiles = input.proposal.edits.filter(({ kind }) => kind === 'write').map(({ path }) => path);
    expect(wholeFiles, 'source files are edited in place').not.toContain('package.json');

    await applyProposal(input, worktreePath);
    const tree = await readTree(worktreePath);
    for (const [path, content] of input.laterTree)
      expect(tree.get(path)?.content.equals(content), path).toBe(true);
    const status = await git(worktreePath, 'status', '--porcelain', '--untracked-files=all', '--no-renames');
    expect(
      status
        .split('\n')
        .map((line) => line.trim().split(' ').at(-1))
        .sort(),
    ).toEqual(input.changedFiles.map(({ path }) => path).sort());

    expect(await runChecks(realPackage.checks, input.repositoryPath)).toMatchObject({
      passed: false,
      kind: realPackage.checks.at(-1)?.kind,
      output: expect.stringContaining(realPackage.failsWith),
    });
    expect(await runChecks(realPackage.checks, worktreePath)).toMatchObject({ passed: true });
    const after = await git(worktreePath, 'status', '--porcelain', '--untracked-files=all', '--no-renames');
    expect(after, 'checks leave nothing behind that git would commit').toBe(status);
  });
});

function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'it did not fail',
    (error: unknown) => error,
  );
}

describe('fetching', () => {
  const [anyPackage] = realPackages;
  if (anyPackage === undefined) throw new Error('packages.ts is empty');
  const { name, earlier, later } = anyPackage;
  const emptyCache = () => mkdtemp(join(root, 'cache-'));

  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test('an incomplete tarball in the cache is fetched again', async () => {
    const cachePath = await emptyCache();
    const tarballPath = join(cachePath, `${name}-${earlier.version}.tgz`);
    await writeFile(tarballPath, 'half a tarball');
    expect(await fetchPackage(name, earlier, { cachePath })).toBe(tarballPath);
    expect((await stat(tarballPath)).size).toBeGreaterThan(1_000);
    expect([...(await readTree(cachePath)).keys()], 'nothing half done stays').toHaveLength(1);
  });

  test('bytes that do not match the pin are refused, with advice', async () => {
    const pinned = { ...earlier, integrity: later.integrity };
    const cachePath = await emptyCache();
    const failure = await failureOf(fetchPackage(name, pinned, { cachePath }));
    expect(isMooseError(failure) && [failure.code, failure.advice]).toEqual([
      'REAL_INPUT_INTEGRITY_MISMATCH',
      expect.stringContaining('pin'),
    ]);
    expect((await readTree(cachePath)).size, 'nothing wrong is kept').toBe(0);
  });

  test('an unreachable registry is reported in a sentence, with advice', async () => {
    vi.stubEnv('npm_config_registry', `http://127.0.0.1:${await freePort()}/`);
    const failure = await failureOf(fetchPackage(name, earlier, { cachePath: await emptyCache() }));
    expect(isMooseError(failure) && [failure.code, failure.message, failure.advice]).toEqual([
      'REAL_INPUT_UNREACHABLE',
      `npm could not fetch ${name}@${earlier.version}: ECONNREFUSED.`,
      expect.stringContaining('npm ping'),
    ]);
  });

  test('an aborted fetch stops with the reason of its signal', async () => {
    const reason = new Error('enough');
    const options = { cachePath: await emptyCache(), signal: AbortSignal.abort(reason) };
    expect(await failureOf(fetchPackage(name, earlier, options))).toBe(reason);
  });
});
