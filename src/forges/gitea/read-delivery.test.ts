import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { giteaDeliveries } from './read-delivery.ts';

const repository = { full_name: 'Admin/One' };
const sha = 'a'.repeat(40);
const pull = { number: 7, head: { ref: 'moose/x', label: 'moose/x', sha } };
const hint = { repository: 'admin/one', numbers: [], branches: [], shas: [], issue: null };
const ofPull = { ...hint, numbers: [7], branches: ['moose/x'], shas: [sha] };

test.each<[string, unknown, unknown]>([
  [
    'pull_request',
    { repository, action: 'synchronized', pull_request: pull },
    { ...ofPull, about: 'pull request' },
  ],
  [
    'pull_request',
    { repository, pull_request: { number: 7, head: null } },
    { ...hint, numbers: [7], about: 'pull request' },
  ],
  ['pull_request_rejected', { repository, pull_request: pull }, { ...ofPull, about: 'remarks' }],
  ['pull_request_approved', { repository, pull_request: pull }, { ...ofPull, about: 'remarks' }],
  ['pull_request_comment', { repository, pull_request: pull }, { ...ofPull, about: 'remarks' }],
  [
    'issue_comment',
    { repository, is_pull: true, issue: { number: 7 } },
    { ...hint, numbers: [7], about: 'remarks' },
  ],
  [
    'issue_comment',
    { repository, is_pull: true, pull_request: pull },
    { ...hint, numbers: [7], about: 'remarks' },
  ],
  ['issue_comment', { repository, issue: { number: 8 } }, { ...hint, issue: 8, about: 'issues' }],
  ['issue_comment', { repository }, null],
  [
    'issues',
    { repository, action: 'label_updated', issue: { number: 8 } },
    { ...hint, issue: 8, about: 'issues' },
  ],
  ['status', { repository, sha, state: 'success' }, { ...hint, shas: [sha], about: 'checks' }],
  [
    'workflow_run',
    { repository, workflow_run: { head_sha: sha }, pull_request: pull },
    { ...hint, numbers: [7], shas: [sha], about: 'checks' },
  ],
  [
    'workflow_job',
    { repository, workflow_job: { head_sha: sha, head_branch: 'main' } },
    { ...hint, branches: ['main'], shas: [sha], about: 'checks' },
  ],
  ['workflow_run', { repository }, null],
  [
    'push',
    { repository, ref: 'refs/heads/moose/x', after: sha },
    { ...hint, branches: ['moose/x'], shas: [sha], about: 'pull request' },
  ],
  ['push', { repository, ref: 'refs/tags/v1', after: sha }, null],
  [
    'push',
    { repository, ref: 'refs/heads/gone', after: '0'.repeat(40) },
    { ...hint, branches: ['gone'], about: 'pull request' },
  ],
  [
    'delete',
    { repository, ref: 'moose/x', ref_type: 'branch' },
    { ...hint, branches: ['moose/x'], about: 'pull request' },
  ],
  ['delete', { repository, ref: 'v1', ref_type: 'tag' }, null],
  ['repository', { repository, action: 'deleted' }, { ...hint, about: 'rights' }],
  ['wiki', { repository }, null],
])('R-SEN-1: the event %s is a hint where to look: %j', (event, payload, expected) => {
  expect(giteaDeliveries.read(event, payload)).toEqual(expected);
});

test('a payload that is not in the format is an error', () => {
  expect(() => giteaDeliveries.read('pull_request', {})).toThrow();
  expect(() => giteaDeliveries.read('status', { repository, sha: '../../etc' })).toThrow();
});

test('R-SEN-1: only the bytes that were signed with the secret are believed', () => {
  const body = Buffer.from('{"a":1}');
  const signature = createHmac('sha256', 'secret').update(body).digest('hex');
  const headers = (value: string) => new Headers({ 'x-gitea-signature': value });
  expect(giteaDeliveries.isSigned(headers(signature), body, 'secret')).toBe(true);
  expect(giteaDeliveries.isSigned(headers(signature), body, 'other')).toBe(false);
  expect(giteaDeliveries.isSigned(headers(signature), Buffer.from('{"a":2}'), 'secret')).toBe(false);
  expect(giteaDeliveries.isSigned(headers(signature.slice(2)), body, 'secret')).toBe(false);
  expect(giteaDeliveries.isSigned(new Headers(), body, 'secret')).toBe(false);
});

test('a delivery has an identifier and an event', () => {
  const both = { 'x-gitea-delivery': 'id', 'x-gitea-event': 'push' };
  expect(giteaDeliveries.headers(new Headers(both))).toEqual({ id: 'id', event: 'push' });
  expect(giteaDeliveries.headers(new Headers({ 'x-gitea-event': 'push' }))).toBeNull();
  const long = { ...both, 'x-gitea-delivery': 'i'.repeat(200) };
  expect(giteaDeliveries.headers(new Headers(long))).toBeNull();
});
