import { expect, test } from 'vitest';
import { newId, shortId, type WorkOrderId } from '../../domain/ids.ts';
import { adviceFor } from './options.ts';

const id = newId<WorkOrderId>(new Date(0));

test('an advice names the work order, and the command of the answer', () => {
  expect(adviceFor('See `moose logs ID`; then `moose retry ID --from applying`', id)).toBe(
    `See \`moose logs ${shortId(id)}\`; then \`moose retry ${shortId(id)} --from applying\`.`,
  );
  expect(adviceFor('Free some space, then retry.', id, 'moose answer 12 retry')).toBe(
    'Free some space, then retry. Answer with `moose answer 12 retry`.',
  );
  expect(adviceFor(undefined, id, 'moose answer 12 retry')).toBe('Answer with `moose answer 12 retry`.');
  expect(adviceFor(undefined, id)).toBe('');
});
