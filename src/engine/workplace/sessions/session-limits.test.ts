import { expect, test } from 'vitest';
import { TransientError } from '../../../domain/failure.ts';
import { withinLimits } from './session-limits.ts';

const failed = (code: string) =>
  new TransientError({
    code: 'SESSION_START_FAILED',
    component: 'sessions',
    operation: 'start',
    message: 'It could not be started.',
    cause: Object.assign(new Error(code), { code }),
  });

test.each([
  ['ENOTSUP', 2],
  ['EOPNOTSUPP', 2],
  ['EBUSY', 2],
  ['EACCES', 1],
])(
  'R-MACHINE-1: a session whose group answers %s is started %i times, with what a new trial finds',
  async (code, times) => {
    let starts = 0;
    const start = async () => {
      starts += 1;
      throw failed(code);
    };
    await expect(withinLimits(start)).rejects.toMatchObject({ code: 'SESSION_START_FAILED' });
    expect(starts).toBe(times);
  },
);
