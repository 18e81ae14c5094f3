import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../../test/shared-database.ts';
import { scratchDirectory } from '../../../../git/scratch-repository.fixture.ts';
import { onRecord } from '../../on-record.fixture.ts';
import { atStep } from '../../scratch-pipeline.fixture.ts';
import { verifying } from '../verifying.ts';

const shared = sharedDatabase();
const goAt = spawnSync('sh', ['-c', 'command -v go'], { encoding: 'utf8' }).stdout.trim();

// Its compiled libraries: with an empty cache, the tests would compile them each time.
const goCache = goAt ? spawnSync(goAt, ['env', 'GOCACHE'], { encoding: 'utf8' }).stdout.trim() : '';

/** The second run of `go test` takes the result of the first one from its cache. */
const twice = 'go test ./... > first.log; go test ./...';
const files = {
  'go.mod': 'module shop\n\ngo 1.21\n',
  'shop.go': 'package shop\n\nfunc Half(n int) int { return n - 2 }\n',
  'shop_test.go':
    'package shop\n\nimport "testing"\n\nfunc TestHalf(t *testing.T) {\n\tif Half(4) != 2 {\n\t\tt.Fatal(Half(4))\n\t}\n}\n',
};
const change = { 'shop.go': files['shop.go'].replace('n - 2', 'n / 2') };

async function judged(command: string, given: object = {}) {
  const at = await atStep(shared(), 'verifying', {
    files,
    change,
    orderSettings: { checks: [{ kind: 'test', command, source: 'given' }] },
    settings: {
      checkTimeLimitMs: 600_000,
      checkEnvironment: {
        PATH: `${dirname(goAt)}:${process.env.PATH}`,
        GOCACHE: goCache,
        GOPATH: scratchDirectory(),
      },
    },
    ...given,
  });
  const end = await verifying(at.work);
  if (end.end === 'over' || end.end === 'again') throw new Error('It has no result');
  const { isVerified, findings = [], checks, notVerifiedBecause } = end.result;
  const sessions = (await onRecord(at.work)).sessions.map((each) => each.replace(/ exited$/, ''));
  const told = findings.map(({ weight, kind }) => `${weight} ${kind}`);
  return {
    end: end.end,
    isVerified,
    findings: told,
    texts: findings.map(({ text }) => text),
    sessions,
    checks,
    notVerifiedBecause,
  };
}

test.runIf(goAt)(
  'R-GREEN-6: what go took from its cache runs again without it, and is verified by that',
  async () => {
    expect(await judged(twice)).toMatchObject({
      end: 'done',
      isVerified: true,
      findings: [],
      sessions: ['1-test', 'fresh-1-test'],
    });
  },
);

test.runIf(goAt)('R-GREEN-6: a command that takes its result from the cache again is refused', async () => {
  const { end, isVerified, findings, texts } = await judged(twice.replaceAll('go test', 'GOFLAGS= go test'));
  expect({ end, isVerified, findings }).toEqual({
    end: 'refine',
    isVerified: false,
    findings: ['refuses from_cache'],
  });
  expect(texts).toEqual([expect.stringContaining('1 result from a cache')]);
});

test('R-GREEN-6: what passes only from the cache of another run is refused', async () => {
  // A runner of tasks whose results lie outside of the checkout, as a cache that several worktrees share.
  const cached =
    'test -z "$TURBO_FORCE" && echo "shop:test: cache hit, replaying logs abc" || test ! -e made.txt';
  expect(await judged(cached, { files: { 'a.txt': '' }, change: { 'made.txt': '' } })).toMatchObject({
    end: 'refine',
    isVerified: false,
    findings: ['refuses from_cache'],
    texts: [expect.stringMatching(/passed with results from a cache, and fails without them/)],
    sessions: ['1-test', 'fresh-1-test', 'base-1-test'],
  });
});

test('R-GREEN-6, R-PROJ-6: what fails without the cache, and without the change too, is not blamed on the change', async () => {
  const cached = 'test -z "$TURBO_FORCE" && echo "shop:test: cache hit, replaying logs abc"';
  expect(await judged(cached, { files: { 'a.txt': '' }, change: { 'made.txt': '' } })).toMatchObject({
    end: 'done',
    isVerified: false,
    notVerifiedBecause: expect.stringContaining('failed before the change'),
    checks: [{ passed: false, redBefore: [] }],
  });
});
