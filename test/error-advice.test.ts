import { expect, test } from 'vitest';
import { catalogueEntries } from '../src/app/errors/failure-catalogues.ts';
import { newId, type WorkOrderId } from '../src/domain/ids.ts';
import { adviceFor } from '../src/engine/questions/options.ts';

const id = newId<WorkOrderId>(new Date(0));
const leftOpen = (advice: string) => adviceFor(advice, id).includes(' ID');

test('no advice leaves the placeholder of the work order to the reader', () => {
  const advices = catalogueEntries.flatMap(({ advice = [] }) => advice);
  expect(advices.filter(leftOpen)).toEqual([]);
  expect(['See `moose forget ID`.', 'See `moose retry ID`.'].map(leftOpen)).toEqual([true, false]);
});
