import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../../test/shared-database.ts';
import { scratchDirectory } from '../../../../git/scratch-repository.fixture.ts';
import { until } from '../../../../stdx/async/until.fixture.ts';
import { sessionsOf } from '../../../../store/work/sessions/session-rows.ts';
import { CancelRequested } from '../../../run/cancel.ts';
import type { Work } from '../../../run/work.ts';
import { onRecord } from '../../on-record.fixture.ts';
import { atStep, claimedAgain, endAllOf } from '../../scratch-pipeline.fixture.ts';
import { verifying } from '../verifying.ts';
import { shop, withNewTest } from './shop.fixture.ts';

const shared = sharedDatabase();

/** Each run of the check leaves a line with the folder that it ran in. */
function counted(command = 'npm test') {
  const mark = join(scratchDirectory(), 'mark');
  const runs = () =>
    existsSync(mark)
      ? readFileSync(mark, 'utf8')
          .trim()
          .split('\n')
          .map((each) => /-(base|product|new|fresh|emptied-\d)$/.exec(each)?.[1] ?? 'change')
          .sort()
      : [];
  const check = { kind: 'test', command: `pwd >> ${mark}; ${command}`, source: 'given' } as const;
  return { runs, orderSettings: { checks: [check] } };
}

/** Dies when this point is reached for the `time`-th time. */
async function diesAt(point: string, time: number, command?: string) {
  const { runs, orderSettings } = counted(command);
  const process = new AbortController();
  const at = await atStep(shared(), 'verifying', { files: shop, change: withNewTest, orderSettings });
  let times = 0;
  const reached = (each: string) => {
    if (each !== point || ++times !== time) return;
    process.abort(new DOMException('Moose died', 'AbortError'));
    throw process.signal.reason;
  };
  await expect(verifying({ ...at.work, reached, signal: process.signal })).rejects.toThrow('Moose died');
  return { ...at, runs, back: await claimedAgain(at.work) };
}

const scratchOf = ({ worktreePath }: { worktreePath: string }) =>
  readdirSync(dirname(worktreePath)).filter((name) =>
    /-(?:base|product|new|fresh|emptied-\d)(?:\.unfinished)?$/.test(name),
  );

async function verdict(work: Work) {
  const end = await verifying(work);
  if (end.end === 'over' || end.end === 'again') throw new Error('It has no result');
  const { isVerified, findings = [] } = end.result;
  return { end: end.end, isVerified, findings };
}

test.each([
  ['worktree:intended', 1],
  ['worktree:acted', 1],
  ['check:before-start', 2],
  ['check:started', 2],
  ['check:ended', 2],
  ['worktree:acted', 2],
  ['check:started', 3],
  ['check:ended', 3],
  ['check:started', 4],
  ['check:ended', 4],
])(
  'R-GREEN-1, R-GREEN-16, R-SES-2: if Moose dies at %s (%d), each run counts once, and no checkout is left',
  async (point, time) => {
    const at = await diesAt(point, time);
    expect(await verdict(at.back)).toEqual({ end: 'done', isVerified: true, findings: [] });
    expect(at.runs()).toEqual(['change', 'emptied-1', 'new', 'product']);
    expect(scratchOf(at)).toEqual([]);
    const { order, effects, kinds } = await onRecord(at.back);
    // No model is paid again.
    expect(order).toMatchObject({ step: 'verifying', refinementCycles: 0, modelCalls: 0 });
    expect(effects.filter((each) => each === 'worktree undone')).toHaveLength(3);
    expect(kinds.filter((kind) => kind === 'proof_check.finished')).toHaveLength(3);
  },
);

test('R-GREEN-1, R-GO-1: a machine that stops during an extra run says nothing about the change', async () => {
  const at = await diesAt('check:started', 2, 'case $PWD in *-product) sleep 600;; esac; npm test');
  await endAllOf(at.work);
  const failed = await verifying(at.back).catch((cause: unknown) => cause);
  expect(failed).toMatchObject({ code: 'SESSION_LEFT_BEHIND', category: 'transient' });
  expect(scratchOf(at)).toEqual([]);
});

test('R-GREEN-1, R-SES-3: if a person cancels during an extra run, it is stopped, and its checkout is removed', async () => {
  const { orderSettings } = counted('case $PWD in *-product) sleep 600;; esac; npm test');
  const at = await atStep(shared(), 'verifying', { files: shop, change: withNewTest, orderSettings });
  const cancelled = new AbortController();
  const ended = verifying({ ...at.work, signal: cancelled.signal }).catch((cause: unknown) => cause);
  await until('the extra run', async () =>
    (await sessionsOf(at.work.database.query, at.work.order.id)).some(
      ({ name, state }) => name === 'product-1-test' && state === 'running',
    ),
  );
  cancelled.abort(new CancelRequested());
  expect(await ended).toBeInstanceOf(CancelRequested);
  expect((await onRecord(at.work)).sessions).toContain('product-1-test stopped');
  expect(scratchOf(at)).toEqual([]);
});

test('fear, R-GREEN-8: the kernel kills an extra run, and an honest change is refused for it', async () => {
  const { orderSettings } = counted('case $PWD in *-product) kill -9 $$;; esac; npm test');
  const at = await atStep(shared(), 'verifying', { files: shop, change: withNewTest, orderSettings });
  expect(await verifying(at.work).catch((cause: unknown) => cause)).toMatchObject({
    code: 'CHECK_INTERRUPTED',
    category: 'transient',
    message: expect.stringContaining('was killed'),
  });
  expect(scratchOf(at)).toEqual([]);
});
