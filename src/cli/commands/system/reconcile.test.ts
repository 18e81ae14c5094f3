import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { type DriftView, reconciliationSchema } from '../../../contract/contract.ts';
import { reconcileLines } from './reconcile.ts';

const at = '2026-03-10T12:00:00.000Z';
const drift: DriftView = {
  id: '019cd8a0-0000-7000-8000-0000abcdef01',
  kind: 'branch-missing',
  side: 'branches',
  host: 'alpha',
  work_order_id: null,
  subject: 'x',
  what: 'Its branch is gone',
  evidence: 'there is none',
  repair: 'make it again',
  is_safe: true,
  found_at: at,
  answer: null,
  answered_by: null,
  tries: 0,
  failure: null,
  ended_at: null,
};
const plain = (given: Parameters<typeof reconcileLines>[0]) =>
  reconcileLines(reconciliationSchema.parse(given)).map((line) => stripVTControlCharacters(line));
const counts = { safe: 0, asked: 0, left: 0 };
const nothing = { looked_at: at, drifts: [], repaired: [], unread: [], counts };

test('R-SES-7: a plan says for each difference what, why, which repair, and whether it is safe', () => {
  const asked = { ...drift, kind: 'branch-unknown', is_safe: false, host: null, failure: 'git is busy' };
  const left = { ...drift, is_safe: false, answer: 'leave' as const, answered_by: 'human:anna' };
  const given = { ...nothing, drifts: [drift, asked, left], counts: { safe: 1, asked: 1, left: 1 } };
  expect(plain(given)).toEqual([
    'branches',
    '  + Its branch is gone',
    '      why     there is none (seen on alpha)',
    '      repair  make it again',
    '      safe: Moose repairs it automatically · branch-missing · abcdef01',
    '  ? Its branch is gone',
    '      why     there is none',
    '      repair  make it again',
    '      failed  git is busy',
    '      needs your answer: `moose reconcile --repair abcdef01`, or `moose reconcile --leave abcdef01` · branch-unknown · abcdef01',
    '  = Its branch is gone',
    '      why     there is none (seen on alpha)',
    '      repair  make it again',
    '      left as it is by human:anna · branch-missing · abcdef01',
    'Plan: 1 repair is safe, 1 needs your answer, 1 left as it is.',
  ]);
});

test('what was just repaired comes first, and what could not be looked for is told', () => {
  const unread = [{ kind: 'branch-missing', because: 'git is busy' }];
  expect(plain({ ...nothing, repaired: [{ ...drift, ended_at: at }], unread })).toEqual([
    '✓ Its branch is gone: make it again',
    '! Could not check for branch-missing: git is busy',
    'No differences: processes, files and forges match the database.',
  ]);
});
