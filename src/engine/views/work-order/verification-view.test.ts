import { expect, test } from 'vitest';
import type { Finding } from '../../../domain/work-order/finding.ts';
import { verificationView } from './verification-view.ts';

const told: Finding = {
  weight: 'tells',
  kind: 'ci_changed',
  text: 'CI is changed.',
  files: ['ci.yml'],
  tests: [],
};
const refusing: Finding = {
  weight: 'refuses',
  kind: 'test_lost',
  text: 'A test is gone.',
  files: [],
  tests: ['adds'],
};

test.each([
  ['verified', true, null, [told], { is_verified: true, because: null, level: 'strict', findings: [told] }],
  [
    'accepted',
    false,
    'ada accepted it',
    [refusing],
    { is_verified: false, because: 'ada accepted it', level: 'strict', findings: [refusing] },
  ],
  [
    'refused, and not over',
    null,
    null,
    [refusing, told],
    { is_verified: false, because: 'A test is gone.', level: 'strict', findings: [refusing, told] },
  ],
  ['not refused, and not over', null, null, [told], null],
])('R-GREEN-1: a change that is %s', (_, isVerified, because, findings, view) => {
  const order = { isVerified, notVerifiedBecause: because };
  expect(verificationView(order, { findings, level: 'strict', acceptedBy: null })).toEqual(view);
});

test('a work order that was never verified has no verdict', () => {
  expect(verificationView({ isVerified: null, notVerifiedBecause: null }, undefined)).toBeNull();
});
