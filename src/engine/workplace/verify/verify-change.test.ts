import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nothingAsked } from '../../../domain/work-order/asked.ts';
import type { Check } from '../../../domain/work-order/check.ts';
import { scratchDirectory, scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import { defaultSettings } from '../../policy/engine-settings.ts';
import { type VerifyRequest, verifyChange } from './verify-change.ts';

const halfTest =
  "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { half, twice } from '../half.js';\n\ntest('half of ten', () => assert.equal(half(10), 5));\n\ntest('twice three', () => assert.equal(twice(3), 6));\n";
const shop = {
  'package.json': '{"type":"module","scripts":{"test":"node --test"}}',
  'half.js': 'export const half = (n) => n - 2;\nexport const twice = (n) => n * 2;\n',
  'test/half.test.js': halfTest,
};
const fixed = { 'half.js': shop['half.js'].replace('n - 2', 'n / 2') };

interface Given extends Partial<VerifyRequest> {
  files?: Record<string, string>;
  change: Record<string, string>;
}

async function verify({ files = shop, change, ...given }: Given) {
  const repository = scratchRepository(files);
  const baseSha = repository.headSha;
  const headSha = repository.commit(change);
  const dataDirectory = scratchDirectory();
  const settings = {
    ...defaultSettings,
    dataDirectory,
    stopGraceMs: 500,
    checkEnvironment: { PATH: process.env.PATH ?? '' },
  };
  const started: string[] = [];
  const verified = await verifyChange(
    { settings, ownPorts: async () => [], signal: new AbortController().signal },
    {
      repositoryPath: repository.path,
      baseSha,
      headSha,
      checks: [],
      level: null,
      task: '',
      asked: nothingAsked,
      onRun: (_, run) => started.push(run),
      ...given,
    },
  );
  const left = existsSync(join(dataDirectory, 'proofs')) ? readdirSync(join(dataDirectory, 'proofs')) : [];
  const { verdict, because, findings, runs } = verified;
  const refused = findings.filter(({ weight }) => weight === 'refuses').map(({ kind }) => kind);
  return { verdict, because, refused, runs: runs.map(({ run }) => run), started, left };
}

const checkOf = (command: string, kind: Check['kind'] = 'test'): Check => ({
  kind,
  command,
  source: 'given',
});

test('R-PART-1, R-GREEN-1: a change with a test that fails without it is verified by the runs that show it', async () => {
  const added = halfTest.replace(
    "test('twice",
    "test('half of one', () => assert.equal(half(1), 0.5));\n\ntest('twice",
  );
  expect(await verify({ change: { ...fixed, 'test/half.test.js': added } })).toEqual({
    verdict: 'verified',
    because: null,
    refused: [],
    runs: ['change', 'product', 'new', 'emptied-1'],
    started: ['change', 'product', 'new', 'emptied-1'],
    left: [],
  });
});

test('R-PART-1, R-GREEN-13: a change that skips the red test is not verified', async () => {
  const skipped = halfTest.replace("test('half", "test.skip('half");
  expect(await verify({ change: { 'test/half.test.js': skipped } })).toMatchObject({
    verdict: 'not_verified',
    because: expect.stringContaining('half of ten'),
    refused: ['green_only_by_its_tests', 'test_skipped'],
  });
});

test('R-PART-1, R-PROJ-6: what fails with the change only is named, and what fails anyway is not blamed on it', async () => {
  const broken = { 'half.js': shop['half.js'].replace('n * 2', 'n + 2') };
  expect(await verify({ change: broken })).toMatchObject({
    verdict: 'not_verified',
    because: expect.stringContaining('twice three'),
    runs: ['change', 'base'],
  });
  expect(await verify({ change: { 'README.md': '# Shop\n' } })).toMatchObject({
    verdict: 'not_judged',
    because: expect.stringContaining('failed before the change'),
    refused: [],
  });
});

test('R-PART-1: a check that fails anyway does not hide that a green test is skipped', async () => {
  const skipped = halfTest.replace("test('twice", "test.skip('twice");
  expect(await verify({ change: { 'test/half.test.js': skipped } })).toMatchObject({
    verdict: 'not_verified',
    refused: expect.arrayContaining(['test_skipped']),
  });
});

test('R-PART-1: what the setup makes is there in each tree, at the same path', async () => {
  const files = { ...shop, '.gitignore': 'made/\n' };
  const checks = [
    checkOf(`mkdir made; echo "setup $(pwd)" > made/where`, 'setup'),
    checkOf('test "$(cat made/where)" = "setup $(pwd)" && npm test'),
  ];
  const added = halfTest.replace(
    "test('half",
    "test('half of one', () => assert.equal(half(1), 0.5));\n\ntest('half",
  );
  expect(await verify({ files, change: { ...fixed, 'test/half.test.js': added }, checks })).toMatchObject({
    verdict: 'verified',
    runs: ['change', 'product', 'new', 'emptied-1'],
  });
});

test('R-PART-1: a setup that fails with the change only is of the change, and otherwise of the machine', async () => {
  const checks = [checkOf('test ! -e broken', 'setup'), checkOf('true')];
  expect(await verify({ change: { broken: '' }, checks })).toMatchObject({
    verdict: 'not_verified',
    because: expect.stringContaining('not without the change'),
  });
  const always = [checkOf('exit 3', 'setup'), checkOf('true')];
  expect(await verify({ change: { broken: '' }, checks: always })).toMatchObject({
    verdict: 'not_judged',
    because: expect.stringContaining('also without the change'),
  });
});

test('R-PART-1: without a check, nothing is verified', async () => {
  expect(await verify({ files: { 'a.txt': '' }, change: { 'b.txt': '' } })).toMatchObject({
    verdict: 'not_judged',
    because: 'no checks were found on its base',
    runs: [],
  });
});

test('fear, R-GREEN-13: a test of the change writes settings into its home, and the tests of the base succeed by them', async () => {
  const poison =
    "import { chmodSync, writeFileSync } from 'node:fs';\nconst home = process.env.HOME;\nif (!/proofs.[0-9a-f-]{36}.home/.test(home ?? '')) throw new Error('This is not the home of checks');\nwriteFileSync(home + '/always', '#!/bin/sh\\nexit 0\\n');\nchmodSync(home + '/always', 0o755);\nwriteFileSync(home + '/.npmrc', 'script-shell=' + home + '/always\\n');\n";
  const wrong = halfTest.replace('half(10), 5', 'half(10), 8');
  expect(await verify({ change: { 'test/half.test.js': `${poison}${wrong}` } })).toMatchObject({
    verdict: 'not_verified',
    refused: expect.arrayContaining(['green_only_by_its_tests']),
  });
});

test('R-PART-1: fear: a build that fails without the change too runs for ever, because a check comes after it', async () => {
  const checks = [checkOf('exit 3', 'build'), checkOf('true')];
  expect(await verify({ change: { 'README.md': '# Shop\n' }, checks })).toMatchObject({
    verdict: 'not_judged',
    because: expect.stringContaining('`exit 3` failed before the change'),
    runs: ['change', 'base', 'change'],
  });
});
