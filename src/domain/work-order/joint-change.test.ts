import { expect, test } from 'vitest';
import type { GroupMember } from '../group.ts';
import { groupMember as member } from '../group-member.fixture.ts';
import { decideJoint, isCutOff, isOutdated, treesBefore, waitsFor } from './joint-change.ts';

const unpassed = { result: null, settledAt: null } as const;

const numbersOf = (members: readonly GroupMember[]) => members.map(({ number }) => number);

test('it is decided if all have passed, or one is cancelled', () => {
  const passed = [member(1), member(2)];
  expect(decideJoint(passed)).toMatchObject({ outcome: 'published' });
  expect(decideJoint([member(1), member(2, { ...unpassed })])).toBeNull();
  // It has passed, and then needed a person, or another cycle.
  expect(decideJoint([member(1), member(2, { status: 'needs_review' })])).toBeNull();
  expect(decideJoint([member(1), member(2, { step: 'generating' })])).toBeNull();
  expect(decideJoint([member(1, { isCancelled: true }), member(2)])).toMatchObject({ outcome: 'cancelled' });
});

test('before the decision, one that begins waits for those before it, and one that has passed for all others', () => {
  const members = [
    member(1),
    member(2, { ...unpassed, step: 'verifying' }),
    member(3, { ...unpassed, step: 'routing' }),
  ];
  const [first, second, third] = members as [GroupMember, GroupMember, GroupMember];
  expect(numbersOf(waitsFor(first, members, false))).toEqual([2, 3]);
  expect(waitsFor(second, members, false)).toEqual([]);
  expect(numbersOf(waitsFor(third, members, false))).toEqual([2]);
});

test('after the decision, each waits for the pull requests of those before it', () => {
  const members = [member(1, { pullRequestUrl: 'u', step: 'awaiting_ci' }), member(2), member(3)];
  const waits = members.map((one) => numbersOf(waitsFor(one, members, true)));
  expect(waits).toEqual([[], [], [2]]);
});

test('one that is cancelled before its pull request, or whose pull request is closed, cuts off the others', () => {
  const open = { pullRequestUrl: 'u', isCancelled: true };
  expect(isCutOff([member(1, open), member(2), member(3)])).toBe(false);
  expect(isCutOff([member(1, { ...open, isClosed: true }), member(2), member(3)])).toBe(true);
  expect(isCutOff([member(1), member(2, { isCancelled: true }), member(3)])).toBe(true);
});

test('a prompt is outdated if an earlier change has passed differently since', () => {
  const members = [member(1, { treeSha: 'new' }), member(2)];
  expect(treesBefore(2, members)).toEqual({ 1: 'new' });
  expect(isOutdated({ 1: 'new' }, 2, members, null)).toBe(false);
  expect(isOutdated({ 1: 'old' }, 2, members, null)).toBe(true);
  // A person who starts a run later has seen it.
  expect(isOutdated({ 1: 'old' }, 2, members, new Date(2_000))).toBe(false);
  // It is at work again: its new change is not there yet.
  expect(isOutdated({ 1: 'old' }, 2, [member(1, { ...unpassed, treeSha: 'new' }), member(2)], null)).toBe(
    false,
  );
});
