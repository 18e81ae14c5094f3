import { expect, test } from 'vitest';
import { gitlabDeliveries } from './read-delivery.ts';

const project = { path_with_namespace: 'Acme/Api' };
const sha = 'a'.repeat(40);
const request = { iid: 7, source_branch: 'moose/a' };
const none = { repository: 'acme/api', numbers: [], branches: [], shas: [], issue: null };

test.each([
  ['Merge Request Hook', { object_attributes: { ...request, last_commit: { id: sha } } }, 'pull request'],
  ['Note Hook', { object_attributes: { noteable_type: 'MergeRequest' }, merge_request: request }, 'remarks'],
  ['Pipeline Hook', { object_attributes: { sha, ref: 'moose/a', status: 'failed' } }, 'checks'],
  ['Job Hook', { sha, ref: 'moose/a', build_status: 'success' }, 'checks'],
  ['Issue Hook', { object_attributes: { iid: 3 } }, 'issues'],
])('R-SEN-6: %s is a hint where to look', (event, payload, about) => {
  expect(gitlabDeliveries.read(event, { project, ...payload })).toMatchObject({
    repository: 'acme/api',
    about,
  });
});

test('the hint names the merge request, its branch and its commit', () => {
  const payload = { project, object_attributes: { ...request, last_commit: { id: sha } } };
  const found = gitlabDeliveries.read('Merge Request Hook', payload);
  expect(found).toEqual({ ...none, about: 'pull request', numbers: [7], branches: ['moose/a'], shas: [sha] });
  const onIssue = { project, object_attributes: { noteable_type: 'Issue' }, issue: { iid: 3 } };
  expect(gitlabDeliveries.read('Note Hook', onIssue)).toEqual({ ...none, about: 'issues', issue: 3 });
});

test.each([
  ['Pipeline Hook', { object_attributes: { sha, status: 'created' } }],
  ['Job Hook', { sha, build_status: 'pending' }],
  ['Note Hook', { object_attributes: { noteable_type: 'Commit' } }],
  ['Wiki Page Hook', {}],
  ['constructor', {}],
])('%s may be no hint at all', (event, payload) => {
  expect(gitlabDeliveries.read(event, { project, ...payload })).toBeNull();
});

test('a payload in another format is an error, and a wrong or missing secret is refused', () => {
  expect(() => gitlabDeliveries.read('Issue Hook', { project })).toThrow();
  const signed = (token: string | null, secret: string) =>
    gitlabDeliveries.isSigned(
      new Headers(token === null ? {} : { 'x-gitlab-token': token }),
      new Uint8Array(),
      secret,
    );
  expect([signed('s', 's'), signed('t', 's'), signed(null, 's'), signed('', '')]).toEqual([
    true,
    false,
    false,
    false,
  ]);
  const headers = new Headers({ 'x-gitlab-event': 'Issue Hook', 'x-gitlab-event-uuid': 'u' });
  expect(gitlabDeliveries.headers(headers)).toEqual({ id: 'u', event: 'Issue Hook' });
  expect(gitlabDeliveries.headers(new Headers())).toBeNull();
});
