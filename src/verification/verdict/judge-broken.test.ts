import { expect, test } from 'vitest';
import { nothingAsked } from '../../domain/work-order/asked.ts';
import type { CheckRun, RunName } from './check-runs.ts';
import { decide } from './decide.ts';

const base = {
  'src/half.js': 'export const half = (n) => n / 2;\n',
  'test/half.test.js':
    "import { test } from 'node:test';\nimport assert from 'node:assert';\nimport { half } from '../src/half.js';\ntest('half of ten', () => assert.equal(half(10), 5));\n",
  'run-tests.sh': '#!/bin/sh\nexec node --test test\n',
};
const run = (passed: boolean): CheckRun => ({ passed, report: null, outputTail: '' });

async function judged(path: string, after: string, runs: Partial<Record<RunName, boolean>>) {
  const files = [
    {
      path,
      oldPath: null,
      status: 'changed' as const,
      before: base[path as keyof typeof base],
      after,
    },
  ];
  const command = 'sh run-tests.sh';
  const ground = {
    files,
    base: new Map(Object.entries(base)),
    basePaths: new Set(Object.keys(base)),
    commands: [command],
  };
  const check = { kind: 'test' as const, command, change: run(true), more: {} as Record<string, CheckRun> };
  const broken: string[] = [];
  for (;;) {
    const decision = await decide({
      ground,
      task: '',
      asked: nothingAsked,
      level: 'standard',
      unread: [],
      checks: [check],
    });
    if (!('run' in decision)) {
      const found = decision.findings.map(({ weight, kind }) => `${weight} ${kind}`);
      return { found, broken, names: Object.keys(check.more) };
    }
    const { name, overlay } = decision.run;
    if (name.startsWith('broken')) broken.push(...overlay.write.keys());
    check.more[name] = run(runs[name] ?? true);
  }
}

const lenient = '#!/bin/sh\nnode --test test || true\n';

test('R-GREEN-6: fear: a script of the change takes the failures of its check away, for good', async () => {
  const cheat = await judged('run-tests.sh', lenient, { broken: true, 'broken-base': false, base: true });
  expect(cheat.found).toContain('refuses cannot_fail');
  expect(cheat.broken).toEqual(['src/half.js', 'src/half.js']);
});

test('R-GREEN-8: a script that still fails if anything fails costs one more run, and is told', async () => {
  const verbose = '#!/bin/sh\nexec node --test --test-reporter=spec test\n';
  const honest = await judged('run-tests.sh', verbose, { broken: false });
  expect(honest.found).not.toContain('refuses cannot_fail');
  expect(honest.names).not.toContain('broken-base');
});

test.each([
  ['that notices it no more on the base', { 'broken-base': true }],
  ['that is red on the base anyway', { 'broken-base': false, base: false }],
])('R-GREEN-8: a check %s accuses nobody', async (_, runs) => {
  const { found } = await judged('run-tests.sh', lenient, { broken: true, ...runs });
  expect(found).not.toContain('refuses cannot_fail');
});

test('R-GREEN-7: a change of the product alone costs no such run', async () => {
  const { names } = await judged('src/half.js', 'export const half = (n) => n * 0.5;\n', {});
  expect(names).toEqual([]);
});
