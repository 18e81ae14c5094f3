import { expect, test } from 'vitest';
import { linesOf, runTwice, steady } from './checked-run.fixture.ts';

const node = process.execPath;

const vitestFiles = {
  'package.json': '{"type":"module"}',
  'vitest.config.js': `export default { test: { reporters: ['default', { onTestRunEnd() { console.log('own reporter'); } }] } };`,
  'a.test.js': `
    import { describe, expect, test } from 'vitest';
    test('passes', () => {});
    test('fails', () => expect(1).toBe(2));
    test.skip('skipped', () => {});
    test.todo('later');
    test.fails('known', () => expect(1).toBe(2));
    test.each([1, 2])('case %i', () => {});
    describe('outer', () => { describe('inner', () => { test('deep', () => {}); }); });
    let runs = 0;
    test('flaky', { retry: 2 }, () => { runs += 1; if (runs < 2) throw new Error('once'); });
    test('exits', () => { process.exit(0); });
  `,
};

test('R-GREEN-3: vitest reports each test beside the reporters that are configured', async () => {
  const command = [node, 'node_modules/.bin/vitest', 'run'] as const;
  const { report, plain, reported } = await runTwice(vitestFiles, command);
  expect(linesOf(report)).toEqual([
    'passed a.test.js: passes',
    'failed a.test.js: fails',
    'skipped a.test.js: skipped',
    'todo a.test.js: later',
    'expected_failure a.test.js: known',
    'passed a.test.js: case 1',
    'passed a.test.js: case 2',
    'passed a.test.js: outer > inner > deep',
    'passed a.test.js: flaky (again: 1)',
    'failed a.test.js: exits',
  ]);
  expect(report).toMatchObject({ runner: 'vitest', isComplete: true });
  expect(reported.output).toContain('own reporter');
  expect(reported.status).toBe(plain.status);
  expect(steady(reported.output)).toBe(steady(plain.output));
});

test('R-GREEN-3: vitest reports on a Node whose hooks run in a thread of their own', async () => {
  const files = { ...vitestFiles, 'old.cjs': "require('node:module').registerHooks = undefined;\n" };
  const command = 'NODE_OPTIONS="--require ./old.cjs $NODE_OPTIONS" "$0" node_modules/.bin/vitest run';
  const { report, plain, reported } = await runTwice(files, ['sh', '-c', command, node]);
  expect(report).toMatchObject({ runner: 'vitest', source: 'report', isComplete: true });
  expect(report?.tests).toHaveLength(10);
  expect(reported.status).toBe(plain.status);
});

test('vitest whose configuration ends the process is not complete', async () => {
  const files = { ...vitestFiles, 'vitest.config.js': 'process.exit(0);' };
  const { report, plain, reported } = await runTwice(files, [node, 'node_modules/.bin/vitest', 'run']);
  expect([plain.status, reported.status]).toEqual([0, 0]);
  expect(report).toMatchObject({ runner: 'vitest', tests: [], isComplete: false });
});

test('vitest that only lists tests ran none', async () => {
  const { report, plain, reported } = await runTwice(vitestFiles, [node, 'node_modules/.bin/vitest', 'list']);
  expect(report).toBeNull();
  expect(steady(reported.output)).toBe(steady(plain.output));
});
