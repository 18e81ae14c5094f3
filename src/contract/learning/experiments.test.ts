import { expect, test } from 'vitest';
import { nanoOfUsd } from '../../domain/money.ts';
import { experimentRequestSchema } from './experiments.ts';

test.each([
  [1e-7, false],
  [0.000_001, true],
  [5, true],
])('a cap of %d dollars is accepted only if it can be stored as it is: %s', (capUsd, isAccepted) => {
  const wish = { project: 'api', a: 'static', b: 'learned', cap_usd: capUsd };
  expect(experimentRequestSchema.safeParse(wish).success).toBe(isAccepted);
  expect(nanoOfUsd(capUsd) === BigInt(Math.round(capUsd * 1e9))).toBe(isAccepted);
});
