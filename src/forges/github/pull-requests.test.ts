import { expect, test } from 'vitest';
import type { GitHubApi } from './api.ts';
import { createPullRequests } from './pull-requests.ts';

const sha = 'a'.repeat(40);
const side = (ref: string) => ({ ref, sha, repo: { full_name: 'new/api' } });
const pull = {
  number: 7,
  html_url: 'https://github.example/7',
  state: 'open',
  title: 'Add a',
  body: '',
  head: side('moose/a'),
  base: side('main'),
};

/** A GitHub that answers at `old/api`, and filters by the owner that the repository has now. */
function transferred() {
  const written: string[] = [];
  const reply = (status: number, body: unknown) =>
    ({ status, body, headers: {}, isCut: false, facts: {} }) as Awaited<ReturnType<GitHubApi['call']>>;
  const call: GitHubApi['call'] = async ({ method, path }) => {
    if (method !== 'GET') written.push(`${method} ${path}`);
    if (path === '') return reply(200, { full_name: 'new/api' });
    if (method === 'GET') return reply(200, pull);
    return reply(422, {
      message: 'Validation Failed',
      errors: [{ message: 'A pull request already exists' }],
    });
  };
  const pages: GitHubApi['pages'] = async ({ query }, read) =>
    read.parse(query?.head === 'new:moose/a' ? [pull] : []);
  const repository = { owner: 'old', name: 'api' };
  const api = { host: 'github.example', repository, call, pages } as unknown as GitHubApi;
  return { written, pulls: createPullRequests(api, async () => undefined) };
}

test('R-PIPE-7: fear: the repository is transferred, and its pull request is never found again', async () => {
  const { written, pulls } = transferred();
  const by = { headBranch: 'moose/a', baseBranch: 'main' };
  expect(await pulls.find(by)).toMatchObject({ number: 7, state: 'open' });
  const draft = { ...by, workOrderId: 'w', title: 'Add a', body: '', headSha: sha, baseSha: sha };
  expect(await pulls.open(draft)).toMatchObject({ number: 7, how: 'adopted' });
  expect(written).toEqual([]);
});
