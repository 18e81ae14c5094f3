import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { PullRequestView } from '../../contract/contract.ts';
import { pullRequestLines } from './pull-request-lines.ts';

const at = '2026-01-01T00:00:00.000Z';
const one: PullRequestView = {
  number: 7,
  host: 'github.com',
  repository: 'acme/api',
  url: 'https://github.com/acme/api/pull/7',
  state: 'open',
  is_draft: true,
  base_branch: 'main',
  head_sha: 'a'.repeat(40),
  mergeable: false,
  verdict: 'red',
  verdict_sha: 'a'.repeat(40),
  verdict_at: at,
  waiting_for: 'Waits for CI.',
  merge_queued_at: at,
  merged_sha: null,
  reverted_sha: null,
  looked_at: at,
  next_look_at: at,
  checks: [
    {
      name: 'CI / test',
      state: 'failed',
      conclusion: 'failure',
      is_required: true,
      attempt: 2,
      url: null,
      summary: null,
      obstacle: null,
      log: null,
    },
    {
      name: 'CI / gpu',
      state: 'failed',
      conclusion: 'failure',
      is_required: false,
      attempt: 1,
      url: null,
      summary: null,
      obstacle: 'no runner took the job',
      log: null,
    },
  ],
  remarks: [
    {
      key: 'line:1',
      kind: 'line',
      author: 'grace',
      may_write: true,
      body: 'Count\nthe quote.',
      judgement: null,
      path: 'src/parser.ts',
      line: 41,
      is_resolved: false,
      url: null,
      written_at: at,
      state: 'sent',
      because: null,
      answered_sha: null,
    },
  ],
};

test('R-SEN-5: a pull request is told with its checks and what became of each remark', () => {
  expect(pullRequestLines(one).map(stripVTControlCharacters)).toEqual([
    'acme/api#7  open, draft  CI is red  conflicts with main  merge queued',
    '  Waits for CI.',
    '  ✗ CI / test (required) attempt 2',
    '  ✗ CI / gpu, did not run: no runner took the job',
    '  grace on src/parser.ts:41: Count the quote. → being worked on',
  ]);
});

test('one of the local forge is told in a line', () => {
  const local = { ...one, host: 'local', repository: '', verdict: null, waiting_for: null, mergeable: null };
  const plain = { ...local, is_draft: false, merge_queued_at: null, checks: [], remarks: [] };
  expect(pullRequestLines(plain)).toEqual(['#7  open']);
});
