import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../../test/shared-database.ts';
import { atStep } from '../../scratch-pipeline.fixture.ts';
import { verifying } from '../verifying.ts';
import { shop, withTest } from './shop.fixture.ts';

const shared = sharedDatabase();

/** A change of a project in which the test 'half of ten' fails with it and without it. */
async function judged(change: Record<string, string>) {
  const at = await atStep(shared(), 'verifying', { files: shop, change });
  at.work.order.title = 'Say what the shop does';
  const end = await verifying(at.work);
  if (end.end === 'over' || end.end === 'again') throw new Error('It has no result');
  const { findings = [], isVerified, notVerifiedBecause } = end.result;
  const refused = findings.filter(({ weight }) => weight === 'refuses');
  return { end: end.end, isVerified, notVerifiedBecause, refused };
}

test('fear, R-GREEN-13: a check that is red before anyway hides that the change skips a test that was green', async () => {
  const change = withTest("test('twice three'", "test.skip('twice three'");
  expect(await judged(change)).toMatchObject({
    end: 'refine',
    isVerified: false,
    refused: [{ kind: 'test_skipped', tests: ['twice three'] }],
  });
});

test('fear, R-GREEN-13: a check that is red before anyway hides that a green test demands nothing any more', async () => {
  const change = withTest('assert.equal(twice(3), 6)', 'twice(3)');
  expect(await judged(change)).toMatchObject({ end: 'refine', refused: [{ kind: 'test_emptied' }] });
});

test('R-GREEN-8, R-PROJ-6: an honest change is refused for nothing that was red before it', async () => {
  const change = {
    'half.js': `${shop['half.js']}export const third = (n) => n / 3;\n`,
    'README.md': '# Shop\n',
  };
  expect(await judged(change)).toEqual({
    end: 'done',
    isVerified: false,
    notVerifiedBecause: expect.stringContaining('failed before the change'),
    refused: [],
  });
});
