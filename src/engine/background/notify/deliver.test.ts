import { expect, test } from 'vitest';
import { PermanentError, TransientError } from '../../../domain/failure.ts';
import { delayAfter } from './deliver.ts';

test('a notice is tried for a day, with growing waits, and never before its channel wants it', () => {
  const now = new Date('2026-03-02T00:00:00Z');
  const ages = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
  const deps = { clock: { now: () => now }, random: () => 0.5 };
  const error = (retryAfterMs?: number) =>
    new TransientError({
      code: 'NOTICE_NOT_DELIVERED',
      component: 'notifier',
      operation: 'slack',
      message: 'No.',
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  expect(delayAfter(deps, { attempts: 0, createdAt: now }, error())).toBe(1_000);
  expect(delayAfter(deps, { attempts: 3, createdAt: now }, error())).toBe(8_000);
  expect(delayAfter(deps, { attempts: 300, createdAt: now }, error())).toBe(300_000);
  expect(delayAfter(deps, { attempts: 0, createdAt: now }, error(90_000))).toBe(90_000);
  expect(delayAfter(deps, { attempts: 20, createdAt: ages(60) }, error())).toBe(300_000);
  expect(delayAfter(deps, { attempts: 300, createdAt: ages(24 * 60 - 4) }, error())).toBeNull();
  expect(delayAfter(deps, { attempts: 300, createdAt: ages(24 * 60 - 6) }, error())).toBe(300_000);
  const refused = new PermanentError({
    code: 'NO',
    component: 'notifier',
    operation: 'slack',
    message: 'No.',
  });
  expect(delayAfter(deps, { attempts: 0, createdAt: now }, refused)).toBeNull();
});
