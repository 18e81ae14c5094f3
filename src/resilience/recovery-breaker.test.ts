import fc from 'fast-check';
import { expect, test } from 'vitest';
import { admitRecovery, defaultRecoveryBreaker as policy } from './recovery-breaker.ts';

const hourMs = 3_600_000;

test('R-REC-3: after three recoveries in an hour, a person is asked', () => {
  let recoveredAt: number[] = [];
  const answers = [0, 10, 20, 30, hourMs - 1, hourMs].map((now) => {
    const admission = admitRecovery(policy, recoveredAt, now);
    ({ recoveredAt } = admission);
    return admission.isAdmitted;
  });
  expect(answers).toEqual([true, true, true, false, false, true]);
});

test('R-REC-3: a loop of detect, recover, fail cannot form, whatever the times are', () => {
  const waits = fc.array(fc.integer({ min: 0, max: hourMs }), { maxLength: 60 });
  fc.assert(
    fc.property(waits, (list) => {
      let now = 0;
      let recoveredAt: number[] = [];
      const all: number[] = [];
      for (const waitMs of list) {
        now += waitMs;
        const admission = admitRecovery(policy, JSON.parse(JSON.stringify(recoveredAt)), now);
        ({ recoveredAt } = admission);
        if (admission.isAdmitted) all.push(now);
        expect(recoveredAt.length).toBeLessThanOrEqual(policy.recoveriesMax);
      }
      const busiest = all.map((at) => all.filter((each) => each >= at && each < at + hourMs).length);
      expect(Math.max(0, ...busiest)).toBeLessThanOrEqual(policy.recoveriesMax);
    }),
    { seed: 20_261_120 },
  );
});

test('the fear: recoveries that a fast clock recorded block a work order for a day', () => {
  const ahead = [24 * hourMs, 24 * hourMs, 24 * hourMs];
  const { isAdmitted, recoveredAt } = admitRecovery(policy, ahead, 0);
  expect(isAdmitted).toBe(false);
  expect(admitRecovery(policy, recoveredAt, hourMs).isAdmitted).toBe(true);
});
