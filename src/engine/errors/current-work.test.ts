import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { RunId, WorkOrderId } from '../../domain/ids.ts';
import { currentWork, doingPart, doingWork, outsideOfWork } from './current-work.ts';

const workOf = (name: string) => ({ workOrderId: name as WorkOrderId, runId: `run of ${name}` as RunId });

test('R-FAIL-6: what runs at the same time is told apart, also after waiting', async () => {
  const seen = await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      doingWork(workOf(name), async () => {
        await setImmediate();
        return doingPart({ step: 'applying', attempt: 2 }, async () => {
          await setImmediate();
          return currentWork();
        });
      }),
    ),
  );
  expect(seen).toEqual(['a', 'b', 'c'].map((name) => ({ ...workOf(name), step: 'applying', attempt: 2 })));
});

test('fear: what one work order sets off, and serves all, is taken for its own', async () => {
  const seen = await doingWork(workOf('a'), () =>
    outsideOfWork(async () => {
      await setImmediate();
      return currentWork();
    }),
  );
  expect(seen).toEqual({});
});

test('where nobody works nothing is known, and a part of nothing is nothing', () => {
  expect(currentWork()).toEqual({});
  expect(doingPart({ step: 'applying' }, currentWork)).toEqual({});
});
