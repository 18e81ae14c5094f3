import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../../test/shared-database.ts';
import { probeIsolation } from '../../../../sessions/isolation/probe-isolation.ts';
import { keepHome } from '../../../workplace/prepared/kept-home.ts';
import { homePathOf } from '../../../workplace/sessions/session-files.ts';
import { atStep } from '../../scratch-pipeline.fixture.ts';
import { verifying } from '../verifying.ts';
import { fixed, shop, withTest } from './shop.fixture.ts';

const shared = sharedDatabase();
const { level } = await probeIsolation();

/** After it has run, npm starts a program that always succeeds. It writes only into a home that Moose made. */
const poison = `import { chmodSync, writeFileSync } from 'node:fs';
const home = process.env.HOME;
if (!/homes.[0-9a-f]{8}.checks/.test(home ?? '')) throw new Error('This is not the home of checks');
writeFileSync(home + '/always', '#!/bin/sh\\nexit 0\\n');
chmodSync(home + '/always', 0o755);
writeFileSync(home + '/.npmrc', 'script-shell=' + home + '/always\\n');
`;

async function judged(change: Record<string, string>) {
  const at = await atStep(shared(), 'verifying', { files: shop, change, settings: { isolation: 'auto' } });
  await keepHome(at.work);
  const end = await verifying(at.work);
  if (end.end === 'over' || end.end === 'again') throw new Error('It has no result');
  const { isVerified, findings = [] } = end.result;
  const home = homePathOf(at.work, 'checks');
  return { isVerified, kinds: findings.map(({ kind }) => kind), home };
}

test.runIf(level === 'files')(
  'fear, R-GREEN-13: a test of the change writes settings of npm into its home, and the tests of the base succeed by them',
  async () => {
    const wrong = withTest('assert.equal(half(10), 5)', 'assert.equal(half(10), 8)')['test/half.test.js'];
    const { isVerified, kinds, home } = await judged({ 'test/half.test.js': `${poison}${wrong}` });
    expect(existsSync(`${home}/.npmrc`)).toBe(true);
    expect({ isVerified, kinds }).toMatchObject({
      isVerified: false,
      kinds: expect.arrayContaining(['green_only_by_its_tests']),
    });
    expect(readdirSync(dirname(home)).filter((name) => name.startsWith('checks-'))).toEqual(['checks-kept']);
  },
);

test('R-GREEN-8: with a home of their own, the runs that judge an honest change pass', async () => {
  const added = withTest(
    "test('twice",
    "test('half of one', () => assert.equal(half(1), 0.5));\n\ntest('twice",
  );
  expect(await judged({ ...fixed, ...added })).toMatchObject({ isVerified: true });
});
