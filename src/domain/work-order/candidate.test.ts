import { expect, test } from 'vitest';
import type { GroupMember } from '../group.ts';
import { groupMember } from '../group-member.fixture.ts';
import { candidateWaitMsMax, decideCandidates, rankCandidates } from './candidate.ts';

const at = (ms: number) => new Date(1_700_000_000_000 + ms);
const now = at(60_000);

const facts = { is_verified: true, warnings: 0, changed_lines: 10 };
const one = (number: number, given: Partial<GroupMember> = {}) =>
  groupMember(number, { facts, settledAt: at(number), ...given });
const atWork = (number: number, refinementCycles = 0) =>
  one(number, { state: 'at_work', facts: null, settledAt: null, refinementCycles });
const failed = (number: number, given: Partial<GroupMember> = {}) =>
  one(number, { state: 'failed', facts: null, ...given });
const over = (number: number) => one(number, { state: 'over', facts: null, settledAt: null });

const keptOf = (candidates: GroupMember[], when = now) => decideCandidates(candidates, when)?.kept?.number;

/** Each is better than the one before by one criterion, and worse by every later one. */
const ladder: Array<[Partial<GroupMember>, Partial<GroupMember>, string]> = [
  [
    { costNanoUsd: 9n },
    { facts: { ...facts, is_verified: false }, costNanoUsd: 1n },
    'its checks have judged it',
  ],
  [{ refinementCycles: 3 }, { facts: { ...facts, warnings: 1 } }, 'fewer findings than'],
  [{ facts: { ...facts, changed_lines: 999 } }, { refinementCycles: 1 }, 'fewer refinement cycles than'],
  [{ costNanoUsd: 999n }, { facts: { ...facts, changed_lines: 11 } }, 'fewer lines than'],
  [{ settledAt: at(999) }, { costNanoUsd: 101n }, 'it cost less than'],
  [{ settledAt: at(1) }, { settledAt: at(2) }, 'passed earlier than'],
];

test.each(ladder)(
  'criterion %#: the better candidate is kept, whatever comes after it, and it is said why',
  (better, worse, why) => {
    for (const [a, b] of [
      [1, 2],
      [2, 1],
    ] as const) {
      const decision = decideCandidates([one(a, { ...better }), one(b, { ...worse })], now);
      expect(decision).toMatchObject({ outcome: 'kept', kept: { number: a } });
      expect(decision?.because).toContain(why);
    }
  },
);

test('the order is total: however the candidates come, the same one is first', () => {
  const all = [one(1), one(2), one(3, { refinementCycles: 1 }), one(4, { costNanoUsd: 99n })];
  const orders = [all, all.toReversed(), [all[2], all[0], all[3], all[1]] as GroupMember[]];
  for (const order of orders) expect(rankCandidates(order).map(({ number }) => number)).toEqual([4, 1, 2, 3]);
  const same = { settledAt: at(5) };
  expect(rankCandidates([one(2, same), one(1, same)]).map(({ number }) => number)).toEqual([1, 2]);
});

test('nothing is decided while a candidate at work can still win', () => {
  expect(decideCandidates([one(1), atWork(2)], now)).toBeNull();
  expect(decideCandidates([atWork(1), failed(2)], now)).toBeNull();
  // It may have fewer findings, or checks that have judged it.
  expect(decideCandidates([one(1, { facts: { ...facts, warnings: 1 } }), atWork(2, 5)], now)).toBeNull();
  expect(
    decideCandidates([one(1, { facts: { ...facts, is_verified: false } }), atWork(2, 5)], now),
  ).toBeNull();
  expect(decideCandidates([one(1), atWork(2, 1), atWork(3, 0)], now)).toBeNull();
});

test('it is decided early if the rest has already needed more cycles, which never become fewer', () => {
  expect(keptOf([one(1), atWork(2, 1), atWork(3, 2), failed(4)])).toBe(1);
});

test('fear: a candidate that never ends holds up the others for ever', () => {
  const candidates = [
    one(1, { settledAt: at(0) }),
    one(3, { settledAt: at(50), refinementCycles: 1 }),
    atWork(2),
  ];
  expect(decideCandidates(candidates, at(candidateWaitMsMax - 1))).toBeNull();
  expect(keptOf(candidates, at(candidateWaitMsMax))).toBe(1);
});

test('a candidate that is cancelled, even the best one, is never kept', () => {
  expect(keptOf([over(1), one(2, { refinementCycles: 3 })])).toBe(2);
  expect(decideCandidates([over(1), over(2)], now)).toMatchObject({ outcome: 'given_up', kept: null });
});

test('if none passed, the one that came furthest asks, and no other', () => {
  const early = failed(1, { stepsReached: 1, costNanoUsd: 0n });
  const late = failed(2, { stepsReached: 5, refinementCycles: 3 });
  const fewer = failed(3, { stepsReached: 5, refinementCycles: 2, costNanoUsd: 500n });
  expect(decideCandidates([early, late, fewer], now)).toMatchObject({
    outcome: 'none_passed',
    kept: { number: 3 },
  });
  expect(keptOf([early, over(2)])).toBe(1);
});

test('fear: a candidate that cannot win any more is stopped before it has read a message', () => {
  const behind = atWork(2, 1);
  expect(keptOf([one(1), behind])).toBe(1);
  expect(keptOf([one(1), { ...behind, hasUnread: true }])).toBeUndefined();
});
