import { expect, test } from 'vitest';
import { startGitLabDouble } from '../../../test/gitlab-double/gitlab-double.ts';
import { sharedDatabase } from '../../../test/shared-database.ts';
import type { Forge } from '../../engine/ports/forge.ts';
import { systemClock } from '../../stdx/clock.ts';
import { keepForgeHost } from '../../store/work/pull-requests/forge-hosts.ts';
import { createGitLabForges } from './forge.ts';

const shared = sharedDatabase();

async function scene() {
  const double = await startGitLabDouble({ 'a.txt': 'one\ntwo\nthree\n' });
  const host = await keepForgeHost(shared().query, {
    host: double.host,
    kind: 'gitlab',
    apiUrl: double.apiUrl,
    createdBy: 'human:test',
    credential: JSON.stringify({ source: 'env', name: 'GITLAB_TOKEN' }),
    webhookSecret: null,
  });
  const { token } = double.person('moose');
  const forges = createGitLabForges({
    database: shared(),
    clock: systemClock,
    programEnvironment: {},
    writesApartMs: 0,
    read: (name) => (name === 'GITLAB_TOKEN' ? token : undefined),
  });
  const forge = forges({ projectId: 'p', host, path: 'acme/api' });
  const baseSha = double.git.git('rev-parse', 'main').trim();
  const branch = (name: string, files: Readonly<Record<string, string>>) => double.git.commit(files, name);
  const draft = (headBranch: string, headSha: string) => ({
    workOrderId: 'w',
    title: 'Count the quote',
    body: 'As asked.',
    baseBranch: 'main',
    baseSha,
    headBranch,
    headSha,
  });
  const proposed = async (name = 'moose/a') => {
    const headSha = branch(name, { [`${name}.txt`]: 'new' });
    return forge.openPullRequest(draft(name, headSha));
  };
  return { double, forge, branch, draft, proposed };
}

const written = (asked: readonly string[], pattern: RegExp) => asked.filter((each) => pattern.test(each));

test('R-PIPE-7: a merge request is opened once, adopted after that, and shows the pushed commit', async () => {
  const { double, forge, branch, draft } = await scene();
  const headSha = branch('moose/a', { 'b.txt': 'new' });
  double.state.lies.lateHead = 1;
  const opened = await forge.openPullRequest({ ...draft('moose/a', headSha), isDraft: true });
  expect(opened).toMatchObject({
    how: 'opened',
    number: 1,
    headSha,
    isDraft: true,
    title: 'Count the quote',
  });
  const newer = branch('moose/a', { 'b.txt': 'newer' });
  const adopted = await forge.openPullRequest({ ...draft('moose/a', newer), title: 'Other' });
  expect(adopted).toMatchObject({ how: 'adopted', number: 1, headSha: newer, isDraft: true, title: 'Other' });
  expect(double.state.mergeRequests).toHaveLength(1);
  expect(await forge.updatePullRequest(1, { isDraft: false })).toMatchObject({
    isDraft: false,
    title: 'Other',
  });
});

test('fear: two that open at once, or a lost answer, make two merge requests', async () => {
  const { double, forge, branch, draft } = await scene();
  const headSha = branch('moose/a', { 'b.txt': 'new' });
  let cut = 0;
  double.after = (asked) => {
    if (asked.startsWith('POST /projects/acme%2Fapi/merge_requests') && cut++ === 0) throw new Error('cut');
    return null;
  };
  await expect(forge.openPullRequest(draft('moose/a', headSha))).rejects.toMatchObject({
    code: expect.stringMatching(/^FORGE_/),
  });
  const both = await Promise.all([1, 2].map(() => forge.openPullRequest(draft('moose/a', headSha))));
  expect(both.map(({ number }) => number)).toEqual([1, 1]);
  expect(double.state.mergeRequests).toHaveLength(1);
});

test('fear: an unknown branch or project is taken for something else', async () => {
  const { double, forge, draft } = await scene();
  await expect(forge.openPullRequest(draft('moose/none', 'a'.repeat(40)))).rejects.toThrow(/does not exist/);
  expect(await forge.findPullRequest({ headBranch: 'moose/none' })).toBeNull();
  expect(await forge.findPullRequest({ number: 9 })).toBeNull();
  double.state.path = 'acme/other';
  await expect(forge.findPullRequest({ number: 9 })).rejects.toThrow(/404|not there|not found/i);
});

test('R-SEN-6: none is not green, what may fail does not count, and a running job is not green', async () => {
  const { double, forge, proposed } = await scene();
  const { headSha: sha } = await proposed();
  const read = async () => (await forge.readChecks({ sha, baseBranch: 'main' })).verdict;
  expect(await read()).toBe('none');
  double.state.needsPipeline = true;
  expect(await read()).toBe('running');
  double.report(sha, 'lint', 'failed', { allowFailure: true });
  expect(await read()).toBe('none');
  double.report(sha, 'test', 'created');
  expect(await read()).toBe('running');
  double.report(sha, 'test', 'success');
  expect(await read()).toBe('green');
  double.report(sha, 'coverage', 'failed', { pipelineId: null });
  expect(await read()).toBe('red');
  double.report(sha, 'coverage', 'canceled', { pipelineId: null });
  expect(await read()).toBe('none');
});

test.each([
  ['runner_system_failure', 'runner lost'],
  ['stuck_or_timeout_failure', 'no runner'],
  ['ci_quota_exceeded', 'billing'],
  ['no_matching_runner', 'no runner'],
  ['unknown_failure', 'no runner'],
  ['api_failure', 'no runner'],
])(
  'R-SEN-6, R-GREEN-10: a job that failed with %s says nothing about the change',
  async (failureReason, kind) => {
    const { double, forge, proposed } = await scene();
    const { headSha: sha } = await proposed();
    double.report(sha, 'test', 'failed', { failureReason });
    const read = () => forge.readChecks({ sha, baseBranch: 'main' });
    expect(await read()).toMatchObject({
      verdict: 'none',
      checks: [{ state: 'failed', obstacle: { kind } }],
    });
    double.report(sha, 'test', 'failed', { failureReason: 'script_failure' });
    expect(await read()).toMatchObject({ verdict: 'red' });
  },
);

test('R-SEN-6: a job that a person has to start is not waited for in silence; skipped, cancelled and bots are not green', async () => {
  const { double, forge, proposed } = await scene();
  const { headSha: sha } = await proposed();
  const read = () => forge.readChecks({ sha, baseBranch: 'main' });
  double.report(sha, 'test', 'manual');
  expect(await read()).toMatchObject({ verdict: 'none', checks: [{ obstacle: { kind: 'approval' } }] });
  for (const status of ['skipped', 'canceled'] as const) {
    double.report(sha, 'test', status);
    double.report(sha, 'labels', 'success');
    expect(await read()).toMatchObject({ verdict: 'none' });
  }
  // What may fail is told, and does not decide.
  double.report(sha, 'test', 'success');
  double.report(sha, 'lint', 'failed', { allowFailure: true });
  const { verdict, checks } = await read();
  expect(verdict).toBe('green');
  expect(checks.filter(({ state }) => state === 'failed')).toMatchObject([{ name: 'lint' }]);
});

test('R-SEN-3: the log of a failed job is read, and the job is run again; other statuses have neither', async () => {
  const { double, forge, proposed } = await scene();
  const { headSha: sha } = await proposed();
  const log = 'section_start:1:step\r\u001b[0K$ npm test\n\u001b[31mexpected 4, received 3\u001b[0m\n';
  double.report(sha, 'test', 'failed', { log });
  double.report(sha, 'external', 'failed', { pipelineId: null });
  const { checks } = await forge.readChecks({ sha, baseBranch: 'main' });
  const [job, external] = checks;
  if (!job || !external) throw new Error('There are two checks');
  expect(await forge.readLog(job)).toMatchObject({
    text: '$ npm test\nexpected 4, received 3\n',
    isCut: false,
  });
  expect(await forge.rerun(job)).toBe('started');
  expect(await forge.readLog(external)).toBeNull();
  expect(await forge.rerun(external)).toBe('refused');
  expect(double.state.jobs.find(({ name }) => name === 'test')).toMatchObject({ status: 'pending' });
});

test('R-SEN-8: only the expected commit is merged, once; what is still computed is waited for', async () => {
  const { double, forge, proposed } = await scene();
  const { number, headSha } = await proposed();
  const moved = { code: 'PULL_REQUEST_HEAD_MOVED' };
  await expect(forge.mergePullRequest(number, { expectedHeadSha: 'a'.repeat(40) })).rejects.toMatchObject(
    moved,
  );
  double.state.lies.unchecked = 2;
  const merged = await forge.mergePullRequest(number, { expectedHeadSha: headSha });
  expect(merged).toMatchObject({ state: 'merged', mergedSha: double.side.head('main') });
  const commits = double.git.git('rev-list', '--count', 'main');
  expect(await forge.mergePullRequest(number, { expectedHeadSha: headSha })).toEqual(merged);
  expect(double.git.git('rev-list', '--count', 'main')).toBe(commits);
  await expect(forge.closePullRequest(number)).rejects.toMatchObject({ code: 'PULL_REQUEST_NOT_OPEN' });
});

test('R-SEN-8: a merge that GitLab was to do by itself is taken back, and once more is no failure', async () => {
  const { double, forge, branch, draft } = await scene();
  const headSha = branch('moose/a', { 'a.txt': 'one\n2\nthree\n' });
  const { number } = await forge.openPullRequest(draft('moose/a', headSha));
  await forge.cancelAutoMerge(number);
  double.report(headSha, 'test', 'running');
  const later = { expectedHeadSha: headSha, when: 'checks passed' } as const;
  expect(await forge.mergePullRequest(number, later)).toBe('queued');
  await forge.cancelAutoMerge(number);
  await forge.cancelAutoMerge(number);
  double.report(headSha, 'test', 'success');
  expect(await forge.findPullRequest({ number })).toMatchObject({ state: 'open' });
  await forge.mergePullRequest(number, { expectedHeadSha: headSha });
  await forge.cancelAutoMerge(number);
});

test('R-SEN-8: with a running pipeline it is merged later, and a conflict is refused', async () => {
  const { double, forge, branch, draft } = await scene();
  const headSha = branch('moose/a', { 'a.txt': 'one\n2\nthree\n' });
  const { number } = await forge.openPullRequest(draft('moose/a', headSha));
  double.report(headSha, 'test', 'running');
  const later = { expectedHeadSha: headSha, when: 'checks passed' } as const;
  expect(await forge.mergePullRequest(number, later)).toBe('queued');
  double.report(headSha, 'test', 'success');
  expect(await forge.findPullRequest({ number })).toMatchObject({ state: 'merged' });
  const { baseSha } = draft('moose/b', '');
  const tree = `${branch('moose/b', { 'a.txt': 'one\nzwei\nthree\n' })}^{tree}`;
  const other = double.git.git('commit-tree', tree, '-p', baseSha, '-m', 'Say it in German').trim();
  double.git.git('update-ref', 'refs/heads/moose/b', other);
  const second = await forge.openPullRequest(draft('moose/b', other));
  expect(second.mergeable).toBe(false);
  const refused = { code: 'MERGE_CONFLICT' };
  await expect(forge.mergePullRequest(second.number, { expectedHeadSha: other })).rejects.toMatchObject(
    refused,
  );
});

test('R-SEN-5: remarks come with author, place and judgement; saying twice is once; a thread is resolved', async () => {
  const { double, forge, proposed } = await scene();
  const { number, headSha } = await proposed();
  const [request] = double.state.mergeRequests;
  if (!request) throw new Error('It is open');
  const at = new Date();
  const note = { id: 7, author: 'grace', body: 'Count it too.', at, updatedAt: at, isSystem: false };
  const position = { new_path: 'b.txt', new_line: 3, head_sha: headSha };
  const thread = { id: 'd7', isResolved: false, notes: [{ ...note, type: 'DiffNote' as const, position }] };
  request.discussions.push(thread);
  request.wantsChanges.set('grace', at);
  const remarks = await forge.readRemarks(number, null);
  const line = remarks.find(({ kind }) => kind === 'line');
  if (!line) throw new Error('It is there');
  expect(line).toMatchObject({ author: 'grace', isOwn: false, path: 'b.txt', line: 3, isResolved: false });
  expect(remarks.find(({ kind }) => kind === 'review')).toMatchObject({ judgement: 'changes_requested' });
  for (const text of ['Working on it.', 'Working on it.', 'Done.'])
    await forge.say({ number, text, key: 'told', answers: line });
  expect(thread.notes.map(({ body }) => body.split('\n')[0])).toEqual(['Count it too.', 'Done.']);
  await forge.resolveThread(line);
  expect(thread.isResolved).toBe(true);
  const own = (await forge.readRemarks(number, null)).filter(({ isOwn }) => isOwn);
  expect(own).toMatchObject([{ body: 'Done.' }]);
});

test('R-SEN-8: fear: GitLab does not say when an approval was given, and one of an older commit approves the newest', async () => {
  const { double, forge, proposed } = await scene();
  const { number } = await proposed();
  const [request] = double.state.mergeRequests;
  if (!request) throw new Error('It is open');
  double.state.hidesApprovalTimes = true;
  request.approvedBy.set('grace', new Date());
  const approvedAt = async () =>
    (await forge.readRemarks(number, null)).find(({ judgement }) => judgement === 'approved')?.createdAt;
  expect(await approvedAt()).toBe(new Date(0).toISOString());
  const at = new Date(Date.now() - 60_000);
  const note = { id: 7, author: 'grace', body: 'approved this merge request', at, updatedAt: at };
  const rest = { type: null, isSystem: true, position: null };
  request.discussions.push({ id: 'd7', isResolved: false, notes: [{ ...note, ...rest }] });
  // Anybody can write these words.
  const copied = { ...note, ...rest, id: 8, isSystem: false, at: new Date() };
  request.discussions.push({ id: 'd8', isResolved: false, notes: [copied] });
  expect(await approvedAt()).toBe(at.toISOString());
});

test('R-SEN-5: only members with the role Developer may command; issues have numbers of their own', async () => {
  const { double, forge } = await scene();
  const may = (name: string) => forge.mayWrite(name);
  expect([await may('grace'), await may('passer-by'), await may('nobody')]).toEqual([true, false, false]);
  const credit = (name: string) => forge.findPerson(name);
  expect(await credit('grace')).toEqual({ name: 'grace', email: 'grace@example.org' });
  expect([await credit('passer-by'), await credit('nobody')]).toEqual([null, null]);
  double.state.issues.push({
    iid: 1,
    title: 'Quotes',
    description: 'Wrong.',
    author: 'passer-by',
    state: 'opened',
    notes: [],
    labels: new Map([['moose', 'grace']]),
    labelledAt: new Date(),
    updatedAt: new Date(),
  });
  const [issue] = await forge.listIssues({ label: 'moose', since: null });
  expect(issue).toMatchObject({ number: 1, labelledBy: 'grace', author: 'passer-by', labels: ['moose'] });
  for (const text of ['Taken.', 'Done.']) await forge.say({ number: 1, onIssue: true, text, key: 'state' });
  expect(double.state.issues[0]?.notes.map(({ body }) => body.split('\n')[0])).toEqual(['Done.']);
  expect(await forge.findIssue(2)).toBeNull();
  expect(written(double.asked, /merge_requests/)).toEqual([]);
});

test('what is missing is told: rights, scopes, an archived project', async () => {
  const { double, forge } = await scene();
  expect(await forge.inspect()).toMatchObject({ login: 'moose', defaultBranch: 'main', problems: [] });
  double.state.isArchived = true;
  const moose = double.person('moose');
  moose.accessLevel = 20;
  const { problems } = await forge.inspect();
  expect(problems.map(({ code }) => code)).toEqual(['FORGE_REPOSITORY_ARCHIVED', 'FORGE_RIGHT_MISSING']);
});

test('a credential of another forge is an error that says what to do', async () => {
  const { double } = await scene();
  const host = { host: double.host, kind: 'gitlab', apiUrl: double.apiUrl, credential: { source: 'gh' } };
  const forges = createGitLabForges({
    database: shared(),
    clock: systemClock,
    programEnvironment: {},
    read: () => undefined,
  });
  const build = () => forges({ projectId: 'p', host: host as never, path: 'acme/api' }) satisfies Forge;
  expect(build).toThrow(expect.objectContaining({ code: 'FORGE_CREDENTIAL_UNSUITABLE' }));
});
