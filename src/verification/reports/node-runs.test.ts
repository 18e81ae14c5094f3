import { expect, test } from 'vitest';
import { linesOf, runTwice, steady } from './checked-run.fixture.ts';
import { reportRequest } from './report-request.ts';

const node = process.execPath;
const header = "const test = require('node:test'); const assert = require('node:assert');\n";

const many = `${header}
const { describe, it } = test;
test('passes', () => {});
test('fails', () => assert.equal(1, 2));
test('skipped', { skip: 'not here' }, () => {});
test.todo('later');
test('known', { todo: 'soon' }, () => { throw new Error('x'); });
describe('outer', () => {
  describe('inner', () => { it('deep', () => {}); });
  for (const n of [1, 2]) it('case ' + n, () => {});
});
test('parent', async (t) => { await t.test('child', () => {}); });
`;
const manyLines = [
  'passed a.test.js: passes',
  'failed a.test.js: fails',
  'skipped a.test.js: skipped',
  'todo a.test.js: later',
  'expected_failure a.test.js: known',
  'passed a.test.js: outer > inner > deep',
  'passed a.test.js: outer > case 1',
  'passed a.test.js: outer > case 2',
  'passed a.test.js: parent > child',
  'passed a.test.js: parent',
];

test('R-GREEN-3: node --test reports each test, and prints and ends as without the request', async () => {
  const { report, plain, reported } = await runTwice({ 'a.test.js': many, 'plain.test.js': '' }, [
    node,
    '--test',
  ]);
  expect(linesOf(report)).toEqual([...manyLines, 'passed plain.test.js: ']);
  expect(report).toMatchObject({ runner: 'node:test', source: 'report', isComplete: true });
  expect(report?.tests.map(({ reason }) => reason).filter((reason) => reason !== null)).toEqual([
    expect.stringContaining('1 == 2'),
    'not here',
    'soon',
  ]);
  expect(reported.status).toBe(plain.status);
  expect(steady(reported.output)).toBe(steady(plain.output));
});

test('R-GREEN-3: a file of tests that is started by itself through npm reports each test', async () => {
  const manifest = JSON.stringify({ scripts: { test: 'node a.test.js' } });
  const { report, plain, reported } = await runTwice({ 'a.test.js': many, 'package.json': manifest }, [
    'npm',
    'test',
  ]);
  expect(linesOf(report)).toEqual(manyLines);
  expect(report?.isComplete).toBe(true);
  expect(reported.status).toBe(plain.status);
  expect(steady(reported.output)).toBe(steady(plain.output));
});

test.each([
  ['in a process of its own', ['--test']],
  ['in the same process', ['a.test.js']],
])('R-GREEN-3: a test that ends its process with 0 is not complete: %s', async (_, args) => {
  const early = `${header}test('one', () => {}); test('two', () => process.exit(0)); test('three', () => { throw 1; });`;
  const { report, plain, reported } = await runTwice({ 'a.test.js': early }, [node, ...args]);
  expect([plain.status, reported.status]).toEqual([0, 0]);
  expect(report?.isComplete).toBe(false);
});

test('a test file that ends its process when all is done is complete', async () => {
  const last = `${header}test.after(() => process.exit(0)); test('one', () => {});`;
  const { report } = await runTwice({ 'a.test.js': last }, [node, 'a.test.js']);
  expect(linesOf(report)).toEqual(['passed a.test.js: one']);
  expect(report?.isComplete).toBe(true);
});

test('no tests at all is a report without tests', async () => {
  const { report, plain, reported } = await runTwice({ 'a.js': '' }, [
    node,
    '--test',
    '--test-reporter=spec',
  ]);
  expect(report?.tests).toEqual([]);
  expect(reported.status).toBe(plain.status);
});

test('a runner inside a test of another runner belongs to that test', async () => {
  const inside = { VITEST_WORKER_ID: '1' };
  const { report } = await runTwice({ 'a.test.js': many }, [node, '--test', '--test-reporter=spec'], inside);
  expect(report?.source).toBe('output');
});

test('tests that run in the process of their runner see the arguments that were given', async () => {
  const jest =
    'const read = process.argv.slice(2).length;\nsetTimeout(() => console.log(read > 1, process.argv.slice(2)), 9);\n';
  const { reported } = await runTwice({ 'jest/bin/jest.js': jest }, [node, 'jest/bin/jest.js', '--ci']);
  expect(reported.output).toContain("true [ '--ci' ]");
});

test('a program that is no runner is left alone, in its threads and processes too', async () => {
  const program = `
    const { Worker, isMainThread } = require('node:worker_threads');
    if (isMainThread) {
      process.on('unhandledRejection', () => {});
      new Worker(__filename).on('exit', () => {
        console.log(require('node:child_process').execFileSync(process.execPath, ['-p', '[1, 2]'], { encoding: 'utf8' }));
      });
    } else console.log('thread', process.argv.length);
  `;
  const { report, plain, reported } = await runTwice({ 'a.js': program }, [
    node,
    'a.js',
    'vitest',
    '--mocha',
  ]);
  expect(report).toBeNull();
  expect(reported).toEqual(plain);
});

test('the preload has only what Node 8 has: where it fails, every Node process of a check does', () => {
  const preload = reportRequest('/r', {}).files['node_modules/report.cjs'] ?? '';
  expect(preload).not.toMatch(/\?\.|\?\?|catch \{|Object\.hasOwn|'node:(?!test)/);
});

test('R-GREEN-3: a limit of coverage counts only the project', async () => {
  const files = {
    'a.js': 'exports.one = () => 1;\nexports.two = () => {\n  const two = 2;\n  return two;\n};\n',
    'a.test.js': `${header}const { one } = require('./a.js');\ntest('one', () => assert.equal(one(), 1));\n`,
  };
  const command = [node, '--test', '--experimental-test-coverage', '--test-coverage-lines=60'] as const;
  const { report, plain, reported } = await runTwice(files, command);
  expect(plain.status).toBe(0);
  expect(reported.status).toBe(0);
  expect(steady(reported.output)).toBe(steady(plain.output));
  expect(linesOf(report)).toEqual(['passed a.test.js: one']);
});
