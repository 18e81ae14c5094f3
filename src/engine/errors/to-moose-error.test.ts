import { expect, test } from 'vitest';
import { PermanentError } from '../../domain/failure.ts';
import { toMooseError } from './to-moose-error.ts';

const failure = (message: string) =>
  new PermanentError({ code: 'CHECK_FAILED', component: 'pipeline', operation: 'verifying', message });

test('R-FAIL-1: what is not ours is named as a defect, with what was thrown as its cause', () => {
  const ours = failure('x');
  expect(toMooseError(ours, 'a', 'b')).toBe(ours);
  const raw = new RangeError('off by one');
  expect(toMooseError(raw, 'pipeline', 'routing')).toMatchObject({
    ...{
      code: 'UNEXPECTED',
      component: 'pipeline',
      operation: 'routing',
      cause: raw,
      failureClass: 'unknown',
    },
    message: 'Unexpected error: off by one',
  });
  const wordless = {
    toString: () => {
      throw new Error('no words');
    },
  };
  const bare: unknown = Object.create(null);
  for (const thrown of ['a string', null, undefined, 7, {}, new Error(''), bare, wordless, Symbol('s'), 3n])
    expect(toMooseError(thrown, 'a', 'b').message).toMatch(/error: .+/);
});

test.each([
  ['ENOSPC', 'DISK_FULL'],
  ['EMFILE', 'TOO_MANY_FILES'],
  ['EAGAIN', 'OUT_OF_PROCESSES'],
])('R-FAIL-2: what the machine refuses (%s) is named %s, a lack of resources', (code, named) => {
  const raw = Object.assign(new Error('it refused'), { code });
  expect(toMooseError(raw, 'git', 'clone')).toMatchObject({
    ...{
      code: named,
      category: 'configuration',
      type: 'resource',
      recoverability: 'fatal',
      retryable: false,
    },
  });
});
