import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ZodError } from 'zod';
import { githubDeliveries as reader } from './read-delivery.ts';

interface Recorded {
  event: string;
  payload: { action?: string } & Record<string, unknown>;
}
/** One recorded delivery of each event of GitHub; `scripts/github-webhooks.ts` writes the file. */
const recorded = JSON.parse(
  gunzipSync(readFileSync('test/fixtures/github-webhooks.json.gz')).toString('utf8'),
) as Recorded[];

const body = new TextEncoder().encode('Hello, World!');
/** From GitHub's documentation of webhooks. */
const vector = '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
const secret = "It's a Secret to Everybody";
const signedBy = (signature: string) => new Headers({ 'x-hub-signature-256': signature });

test("R-SEN-1: GitHub's own example of a signature is accepted, and nothing near it", () => {
  expect(reader.isSigned(signedBy(`sha256=${vector}`), body, secret)).toBe(true);
  const other = createHmac('sha256', 'another').update(body).digest('hex');
  for (const signature of ['', 'sha256=', vector, `sha256=${vector}0`, `sha1=${vector}`, `sha256=${other}`])
    expect(reader.isSigned(signedBy(signature), body, secret)).toBe(false);
  expect(reader.isSigned(new Headers(), body, secret)).toBe(false);
  expect(reader.isSigned(signedBy(`sha256=${vector}`), body, `${secret}!`)).toBe(false);
});

test('R-SEN-1: a delivery without its headers, or with endless ones, is none', () => {
  const given = { 'x-github-delivery': '72d3162e', 'x-github-event': 'status' };
  expect(reader.headers(new Headers(given))).toEqual({ id: '72d3162e', event: 'status' });
  for (const name of Object.keys(given)) {
    expect(reader.headers(new Headers({ ...given, [name]: '' }))).toBeNull();
    expect(reader.headers(new Headers({ ...given, [name]: 'x'.repeat(101) }))).toBeNull();
  }
});

/** The recorded webhooks that make Moose look, and where. All others of the 58 events are ignored. */
const looks = [
  'branch_protection_rule created: rights',
  'branch_protection_rule deleted: rights',
  'branch_protection_rule edited: rights',
  'check_run completed: checks of number and branch and commit',
  'check_run rerequested: checks of branch and commit',
  'check_suite completed: checks of branch and commit',
  'check_suite completed: checks of number and branch and commit',
  'check_suite rerequested: checks of number and branch and commit',
  'issue_comment created: issues of issue',
  'issue_comment deleted: issues of issue',
  'issue_comment edited: issues of issue',
  'issues deleted: issues of issue',
  'issues edited: issues of issue',
  'issues labeled: issues of issue',
  'issues opened: issues of issue',
  'issues reopened: issues of issue',
  'issues transferred: issues of issue',
  'issues unlabeled: issues of issue',
  'member added: rights',
  'member edited: rights',
  'merge_group checks_requested: pull request of number',
  'pull_request closed: pull request of number and branch and commit',
  'pull_request converted_to_draft: pull request of number and branch and commit',
  'pull_request labeled: pull request of number and branch and commit',
  'pull_request opened: pull request of number and branch and commit',
  'pull_request ready_for_review: pull request of number and branch and commit',
  'pull_request reopened: pull request of number and branch and commit',
  'pull_request synchronize: pull request of number and branch and commit',
  'pull_request unlabeled: pull request of number and branch and commit',
  'pull_request_review dismissed: remarks of number',
  'pull_request_review submitted: remarks of number',
  'pull_request_review_comment created: remarks of number',
  'pull_request_review_comment deleted: remarks of number',
  'pull_request_review_comment edited: remarks of number',
  'pull_request_review_thread resolved: remarks of number',
  'pull_request_review_thread unresolved: remarks of number',
  'repository created: rights',
  'repository edited: rights',
  'repository privatized: rights',
  'repository publicized: rights',
  'repository renamed: rights',
  'repository transferred: rights',
  'status success: checks of branch and commit',
  'workflow_job completed: checks of branch and commit',
  'workflow_run completed: checks of branch and commit',
  'workflow_run completed: checks of number and branch and commit',
];

test('R-SEN-1: every recorded webhook of GitHub is read as a hint where to look, or as none', () => {
  const table = new Set<string>();
  for (const { event, payload } of recorded) {
    const hint = reader.read(event, payload);
    const state = event === 'status' ? payload.state : payload.action;
    const place = hint && [
      hint.numbers.length > 0 && 'number',
      hint.branches.length > 0 && 'branch',
      hint.shas.length > 0 && 'commit',
      hint.issue !== null && 'issue',
    ];
    const where = (place ?? []).filter(Boolean).join(' and ');
    const said = hint ? `${hint.about}${where && ` of ${where}`}` : 'nothing';
    const what = `${event} ${state ?? ''}`.trim();
    table.add(`${what}: ${said}`);
    if (hint) expect(hint.repository).toMatch(/^[^A-Z/]+\/[^A-Z/]+$/);
  }
  expect(recorded).toHaveLength(329);
  expect([...table].filter((line) => !line.endsWith(': nothing')).sort()).toEqual(looks);
});

const sha = 'a'.repeat(40);
const repository = { full_name: 'Acme/Api' };

test('a comment on a pull request is a remark, and one on an issue is not', () => {
  const comment = (issue: object) => ({
    action: 'created',
    repository,
    issue,
    comment: { body: '/moose retry' },
  });
  expect(reader.read('issue_comment', comment({ number: 7, pull_request: { url: 'x' } }))).toEqual({
    about: 'remarks',
    repository: 'acme/api',
    numbers: [7],
    branches: [],
    shas: [],
    issue: null,
  });
  expect(reader.read('issue_comment', comment({ number: 7 }))).toMatchObject({ about: 'issues', issue: 7 });
});

test('R-SEN-6: no hint says how a check ended, and a check that is asked for again is only looked at', () => {
  const check = (action: string, conclusion: string) => ({
    action,
    repository,
    check_run: {
      head_sha: sha,
      conclusion,
      pull_requests: [{ number: 1 }],
      check_suite: { head_branch: 'x' },
    },
  });
  const hint = reader.read('check_run', check('completed', 'success'));
  expect(hint).toEqual({
    about: 'checks',
    repository: 'acme/api',
    numbers: [1],
    branches: ['x'],
    shas: [sha],
    issue: null,
  });
  expect(reader.read('check_run', check('completed', 'failure'))).toEqual(hint);
  expect(reader.read('check_run', check('rerequested', 'success'))).toEqual(hint);
  expect(reader.read('check_run', check('created', 'success'))).toBeNull();
});

test('R-SEC-2: what is not in the format of GitHub is refused, and a long list is cut', () => {
  const bad: Array<[string, unknown]> = [
    ['check_run', { action: 'completed', repository, check_run: [] }],
    ['check_run', { action: 'completed', repository, check_run: { head_sha: '--upload-pack=evil' } }],
    ['status', { repository, sha, state: 'success', branches: [{ name: 'x'.repeat(401) }] }],
    ['pull_request', { repository, pull_request: { number: -1, head: { ref: 'x', sha } } }],
    ['issues', { repository: {}, issue: { number: 1 } }],
    ['issues', null],
  ];
  for (const [event, payload] of bad) expect(() => reader.read(event, payload)).toThrow(ZodError);
  const branches = Array.from({ length: 50 }, (_, index) => ({ name: `b${index}` }));
  expect(reader.read('status', { repository, sha, state: 'failure', branches })?.branches).toHaveLength(20);
  expect(reader.read('toString', {})).toBeNull();
  expect(reader.read('ping', null)).toBeNull();
});
