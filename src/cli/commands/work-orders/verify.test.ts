import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mooseProgram } from '../../../../test/moose-program.ts';
import { printedDocuments } from '../../../contract/contract.ts';
import { scratchDirectory, scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import { readJunit } from '../../../verification/reports/read-junit.ts';

const tests =
  "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { half } from '../half.js';\n\ntest('half of <ten>', () => assert.equal(half(10), 5));\n";
const shop = {
  'package.json': '{"type":"module","scripts":{"test":"node --test"}}',
  'half.js': 'export const half = (n) => n - 2;\n',
  'test/half.test.js': tests,
};

function ground(change: Record<string, string>) {
  const repository = scratchRepository(shop);
  repository.commit(change);
  const directory = scratchDirectory();
  const verify = (...args: string[]) =>
    spawnSync(
      process.execPath,
      [mooseProgram, 'verify', '--repo', repository.path, '--data', join(directory, 'data'), ...args],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    );
  return { repository, verify, directory };
}

test('R-PART-1: a cheat ends with exit code 1, as text, JSON, SARIF and JUnit, and nothing is left', () => {
  const { verify, directory, repository } = ground({
    'test/half.test.js': tests.replace("test('half", "test.skip('half"),
  });
  const [sarif, junit] = [join(directory, 'findings.sarif'), join(directory, 'verdict.xml')];
  const { status, stdout, stderr } = verify('--json', '--sarif', sarif, '--junit', junit);
  expect([status, stderr]).toEqual([1, '']);
  const printed = JSON.parse(stdout);
  expect(printedDocuments.verify.parse(printed)).toEqual(printed);
  expect(printed).toMatchObject({
    verdict: 'not_verified',
    head_sha: repository.git('rev-parse', 'HEAD'),
    checks: [{ command: 'npm test', passed: true }],
  });
  const [run] = JSON.parse(readFileSync(sarif, 'utf8')).runs;
  expect(run.results).toContainEqual(
    expect.objectContaining({
      ruleId: 'test_skipped',
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'test/half.test.js', uriBaseId: '%SRCROOT%' },
            region: { startLine: 1 },
          },
        },
      ],
    }),
  );
  expect(readJunit(readFileSync(junit, 'utf8'), 'moose', [])).toMatchObject({
    tests: [
      { name: 'moose.verify > test: npm test', result: 'passed' },
      { name: 'moose.verify > the change is green by its product', result: 'failed' },
    ],
  });
  expect(readFileSync(junit, 'utf8')).toContain('half of &lt;ten&gt;');
  expect(readdirSync(join(directory, 'data', 'proofs'))).toEqual([]);
  expect(existsSync(join(directory, 'data', 'postgres'))).toBe(false);
  expect(verify().stdout).toContain('✗ not verified');
});

test('R-PART-1: what is right ends with 0, what cannot be judged with 3, and wrong use with 2', () => {
  const { verify } = ground({ 'half.js': shop['half.js'].replace('n - 2', 'n / 2') });
  const right = verify();
  expect([right.status, right.stdout]).toEqual([0, expect.stringContaining('✓ verified')]);
  expect(right.stderr).toContain('Running npm test on the change');
  const unknown = verify('nowhere..HEAD');
  expect([unknown.status, unknown.stderr]).toEqual([3, expect.stringContaining('COMMIT_MISSING')]);
  expect(verify('--check', "setup='exit 3'", '--check', 'test=true').status).toBe(3);
  for (const wrong of [['--output=x'], ['--check', 'nothing'], ['--level', 'lax'], ['', '--json']])
    expect(verify(...wrong), wrong.join(' ')).toMatchObject({ status: 2, stdout: '' });
});
