// The pull request of an invented work order, with the checks and the reviews of a forge.
import { addRow, type Row, type Rows } from './rows.ts';

export interface Proposed {
  projectId: string;
  project: string;
  workOrderId: string;
  title: string;
  branch: string;
  at: string;
  isRefined: boolean;
}

const sha = 'b9d04e1c6f3a8b7d5e2f4a1c9b8d7e6f5a4c3b21';
const check = (name: string, given: Row): Row => ({
  id: name,
  name,
  state: 'passed',
  conclusion: 'success',
  isRequired: true,
  attempt: 1,
  summary: null,
  url: `https://github.com/acme/runs/${encodeURIComponent(name)}`,
  ...given,
});

/** Returns its number. */
export function addPullRequest(rows: Rows, proposed: Proposed): number {
  const { projectId, project, workOrderId, title, branch, at, isRefined } = proposed;
  const number = (rows.get('pull_requests')?.length ?? 0) + 1;
  const on = { project_id: projectId, host: 'github.com', repository: `acme/${project}`, number };
  const red = {
    state: 'failed',
    conclusion: 'failure',
    attempt: 2,
    summary: 'tests/parser.test.ts\n  ✗ keeps the offset of a quoted field\n    expected 4, received 3',
    log: {
      tail: '$ npm test\n✗ keeps the offset of a quoted field\n  expected 4, received 3\n1 of 212 tests failed\n',
      isCut: true,
      failedStep: 'npm test',
    },
  };
  addRow(rows, 'pull_requests', {
    ...on,
    work_order_id: workOrderId,
    title,
    body: '',
    head_branch: branch,
    head_sha: sha,
    base_branch: 'main',
    base_sha: '3f1c2aa',
    state: 'open',
    created_at: at,
    updated_at: at,
    url: `https://github.com/acme/${project}/pull/${number}`,
    mergeable: true,
    verdict: isRefined ? 'red' : 'green',
    verdict_sha: sha,
    verdict_at: at,
    waiting_for: isRefined ? 'CI is red: Moose runs the failed job again once.' : 'Waits for an approval.',
    looked_at: at,
    next_look_at: at,
    checks: [
      check('CI / build', {}),
      check('CI / test', isRefined ? red : {}),
      check('lint', { isRequired: false, state: 'skipped', conclusion: 'skipped' }),
    ],
  });
  if (isRefined) addRemarks(rows, on, at);
  return number;
}

function addRemarks(rows: Rows, on: Row, at: string): void {
  const add = (key: string, given: Row) =>
    addRow(rows, 'pull_request_remarks', {
      ...on,
      key,
      kind: 'comment',
      author: 'grace',
      may_write: true,
      state: 'sent',
      is_resolved: false,
      written_at: at,
      edited_at: at,
      url: 'https://github.com/acme/api/pull/1#discussion',
      ...given,
    });
  add('review:1', {
    kind: 'review',
    judgement: 'changes_requested',
    body: 'Close, but the offsets are off by one.',
  });
  add('line:1', {
    kind: 'line',
    path: 'src/parser.ts',
    line: 41,
    body: 'Count the quote too.',
    state: 'answered',
    is_resolved: true,
    answered_sha: sha,
    because: 'Changed as asked.',
  });
  add('comment:1', {
    author: 'passer-by',
    may_write: false,
    body: '/moose stop',
    state: 'ignored',
    because: 'passer-by may not write to this repository.',
  });
}

/** A forge with calls left, and one that asked for a pause. */
export function addForges(rows: Rows, { now, later }: { now: string; later: string }): void {
  const known = { created_by: 'human:ada', created_at: now, updated_at: now };
  addRow(rows, 'forge_hosts', {
    host: 'github.com',
    kind: 'github',
    api_url: 'https://api.github.com',
    ...known,
    credential: { source: 'app', appId: '4711', key: { source: 'file', path: '/etc/moose/app.pem' } },
    limit_total: 5_000,
    limit_remaining: 3_812,
    limit_reset_at: later,
  });
  addRow(rows, 'forge_hosts', {
    host: 'git.example.org',
    kind: 'gitea',
    api_url: 'https://git.example.org/api/v1',
    ...known,
    credential: { source: 'env', name: 'MOOSE_FORGE_TOKEN' },
    paused_until: later,
    paused_because: 'It asked for a pause.',
    pauses: 1,
  });
}
