// What only a forge on a host has: refusals, drafts, checks, remarks, rights and issues.
import { expect, test } from 'vitest';
import { type ForgeActs, type ForgeGround, type ForgeScene, opened, pushed } from './contract.fixture.ts';

interface HostedScene {
  scene: ForgeScene;
  acts: ForgeActs;
}

async function hostedScene(ground: ForgeGround): Promise<HostedScene> {
  const { acts } = ground;
  if (acts === null) throw new Error('This ground has nobody who acts on the forge.');
  return { scene: await ground.scene(), acts };
}

async function mergeableOf({ forge }: ForgeScene, number: number): Promise<boolean | null | undefined> {
  return (await forge.findPullRequest({ number }))?.mergeable;
}

const refused = { isMooseError: true, retryable: false, advice: expect.any(String) };

export function refusalsContract(ground: () => ForgeGround): void {
  test('a branch without a change, and branches that are not there, open nothing', async () => {
    const { scene } = await hostedScene(ground());
    const { draft } = await pushed(scene);
    const { openPullRequest, findPullRequest } = scene.forge;
    await scene.push('moose/empty', {});
    const empty = openPullRequest(scene.draftOf('moose/empty', scene.baseSha));
    await expect(empty).rejects.toMatchObject({ ...refused, code: 'PULL_REQUEST_EMPTY' });
    expect(await findPullRequest({ headBranch: 'moose/empty' })).toBeNull();
    await expect(openPullRequest({ ...draft, headBranch: 'moose/none' })).rejects.toMatchObject(refused);
    await expect(openPullRequest({ ...draft, baseBranch: 'none' })).rejects.toMatchObject(refused);
    const { number } = await openPullRequest(draft);
    await expect(scene.forge.updatePullRequest(number, { baseBranch: 'none' })).rejects.toMatchObject(
      refused,
    );
  });

  test('a bad token and an unknown repository are errors of the configuration', async () => {
    const { scene, acts } = await hostedScene(ground());
    const { draft } = await pushed(scene);
    const badToken = { code: 'FORGE_CREDENTIALS_REFUSED', category: 'configuration' };
    const bad = await acts.withBadToken(scene);
    await expect(bad.openPullRequest(draft)).rejects.toMatchObject(badToken);
    await expect(bad.findPullRequest({ number: 1 })).rejects.toMatchObject(badToken);
    const unknown = await acts.withoutRepository(scene);
    const notThere = { code: 'FORGE_NOT_FOUND', category: 'configuration' };
    await expect(unknown.findPullRequest({ number: 1 })).rejects.toMatchObject(notThere);
    await expect(unknown.openPullRequest(draft)).rejects.toMatchObject({ category: 'configuration' });
  });

  test('a draft is one until it is ready, and is not merged before', async () => {
    const { scene } = await hostedScene(ground());
    const { forge } = scene;
    const { headSha, draft } = await pushed(scene);
    const pull = await forge.openPullRequest({ ...draft, isDraft: true });
    expect(pull).toMatchObject({ isDraft: true, title: draft.title });
    const merging = forge.mergePullRequest(pull.number, { expectedHeadSha: headSha });
    await expect(merging).rejects.toMatchObject(refused);
    const ready = await forge.updatePullRequest(pull.number, { isDraft: false });
    expect(ready).toMatchObject({ isDraft: false, title: draft.title });
    expect(await forge.updatePullRequest(pull.number, { isDraft: true })).toMatchObject({ isDraft: true });
  });

  test('a merged one is found after its branch was deleted', async () => {
    const { scene } = await hostedScene(ground());
    const { branch, headSha, pull } = await opened(scene);
    await scene.forge.mergePullRequest(pull.number, { expectedHeadSha: headSha });
    await scene.deleteBranch(branch);
    const merged = { number: pull.number, state: 'merged', headBranch: branch };
    expect(await scene.forge.findPullRequest({ number: pull.number })).toMatchObject(merged);
    const by = { headBranch: branch, baseBranch: 'main' };
    expect(await scene.forge.findPullRequest(by)).toMatchObject(merged);
  });

  test('R-SEN-4: whether it can be merged is told, and a conflict is not', async () => {
    const { scene } = await hostedScene(ground());
    const { pull } = await opened(scene, { 'greeting.txt': 'Hello from the branch\n' });
    const mergeable = () => mergeableOf(scene, pull.number);
    await expect.poll(mergeable).toBe(true);
    await scene.push('main', { 'greeting.txt': 'Hello from main\n' });
    await expect.poll(mergeable).toBe(false);
  });
}

/** `requires`: the forge knows by name which checks are required. */
export function checksContract(ground: () => ForgeGround, { requires } = { requires: true }): void {
  test('R-SEN-6: no check is no verdict; then they are running, red and green', async () => {
    const { scene, acts } = await hostedScene(ground());
    const { headSha: sha } = await opened(scene);
    const verdict = async () => (await scene.forge.readChecks({ sha, baseBranch: 'main' })).verdict;
    expect(await scene.forge.readChecks({ sha, baseBranch: 'main' })).toEqual({
      verdict: 'none',
      sha,
      checks: [],
      missing: [],
    });
    await acts.setCheck(scene, { sha, name: 'build', state: 'passed' });
    await acts.setCheck(scene, { sha, name: 'test', state: 'running' });
    expect(await verdict()).toBe('running');
    await acts.setCheck(scene, { sha, name: 'test', state: 'failed' });
    expect(await verdict()).toBe('red');
    await acts.setCheck(scene, { sha, name: 'test', state: 'passed' });
    expect(await verdict()).toBe('green');
    const { checks } = await scene.forge.readChecks({ sha, baseBranch: 'main' });
    const told = checks.map(({ name, state, isRequired }) => [name, state, isRequired]);
    expect(told.toSorted()).toEqual([
      ['build', 'passed', false],
      ['test', 'passed', false],
    ]);
  });

  if (requires)
    test('R-SEN-6: a required check that has not reported is missing, and others do not decide', async () => {
      const { scene, acts } = await hostedScene(ground());
      const { headSha: sha, pull } = await opened(scene);
      await acts.require(scene, ['build', 'test']);
      await acts.setCheck(scene, { sha, name: 'build', state: 'passed' });
      await acts.setCheck(scene, { sha, name: 'lint', state: 'failed' });
      const report = () => scene.forge.readChecks({ sha, baseBranch: 'main' });
      expect(await report()).toMatchObject({ verdict: 'running', missing: ['test'] });
      // A changed rule makes the forge compute once more whether it can be merged.
      await expect.poll(() => mergeableOf(scene, pull.number)).toBe(true);
      const merging = scene.forge.mergePullRequest(pull.number, { expectedHeadSha: sha, method: 'merge' });
      await expect(merging).rejects.toMatchObject({ ...refused, code: 'PULL_REQUEST_NOT_MERGEABLE' });
      await acts.setCheck(scene, { sha, name: 'test', state: 'passed' });
      expect(await report()).toMatchObject({ verdict: 'green', missing: [] });
      const how = { expectedHeadSha: sha, method: 'merge' as const };
      expect(await scene.forge.mergePullRequest(pull.number, how)).toMatchObject({ state: 'merged' });
    });

  test('R-SEN-6: a commit that the forge does not have has no verdict', async () => {
    const { scene } = await hostedScene(ground());
    const checks = await scene.forge.readChecks({ sha: 'a'.repeat(40), baseBranch: 'main' });
    expect(checks).toMatchObject({ verdict: 'none', checks: [] });
  });
}

export function remarksContract(ground: () => ForgeGround): void {
  test('R-SEN-5: comments, reviews and lines come in one order, with whom they are of', async () => {
    const { scene, acts } = await hostedScene(ground());
    const { headSha, pull } = await opened(scene, { 'a.txt': 'one\ntwo\nthree\n' });
    const { number } = pull;
    await acts.comment(scene, number, 'Why?', 'stranger');
    await acts.review(scene, number, {
      body: 'Not yet.',
      judgement: 'changes_requested',
      path: 'a.txt',
      line: 2,
    });
    await scene.forge.say({ number, text: 'I see.', key: 'seen' });
    const remarks = await scene.forge.readRemarks(number, null);
    const { writer, stranger } = acts.logins;
    const comment = { kind: 'comment', author: stranger, body: 'Why?', isOwn: false, judgement: null };
    const review = { kind: 'review', author: writer, judgement: 'changes_requested', isOwn: false };
    const line = { kind: 'line', author: writer, path: 'a.txt', line: 2, isResolved: false };
    expect(remarks).toContainEqual(expect.objectContaining(comment));
    const said = acts.reviewsAreSilent ? {} : { sha: headSha, body: 'Not yet.' };
    expect(remarks).toContainEqual(expect.objectContaining({ ...review, ...said }));
    expect(remarks).toContainEqual(expect.objectContaining(line));
    expect(remarks.filter(({ isOwn }) => isOwn)).toHaveLength(1);
    const times = remarks.map(({ updatedAt }) => Date.parse(updatedAt));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(new Set(remarks.map(({ key }) => key)).size).toBe(remarks.length);
    const later = new Date(Date.now() + 60_000);
    expect(await scene.forge.readRemarks(number, later)).toEqual([]);
  });

  test('R-SEN-5: a thread is resolved, also twice', async () => {
    const { scene, acts } = await hostedScene(ground());
    const { pull } = await opened(scene, { 'a.txt': 'one\ntwo\nthree\n' });
    const review = { body: 'See below.', judgement: 'changes_requested', path: 'a.txt', line: 1 } as const;
    await acts.review(scene, pull.number, review);
    const line = async () =>
      (await scene.forge.readRemarks(pull.number, null)).find(({ kind }) => kind === 'line');
    const remark = await line();
    if (!remark) throw new Error('The comment on a line is missing.');
    await scene.forge.resolveThread(remark);
    await scene.forge.resolveThread(remark);
    expect(await line()).toMatchObject({ isResolved: true });
  });

  test('fear: a comment is written twice, or the mark of Moose in a comment of others is believed', async () => {
    const { scene, acts } = await hostedScene(ground());
    const { pull } = await opened(scene);
    const { number } = pull;
    await scene.forge.say({ number, text: 'First', key: 'state:1' });
    const own = async () => (await scene.forge.readRemarks(number, null)).filter(({ isOwn }) => isOwn);
    const [first] = await own();
    expect(first).toMatchObject({ isMarked: true });
    await acts.comment(scene, number, first?.body ?? '', 'stranger');
    const told = await scene.forge.say({ number, text: 'Second', key: 'state:1' });
    expect(told.url).toEqual(expect.any(String));
    const after = await own();
    expect(after).toHaveLength(1);
    expect(after[0]).toMatchObject({ key: first?.key, body: expect.stringContaining('Second') });
    await scene.forge.say({ number, text: 'Other', key: 'state:2' });
    expect(await own()).toHaveLength(2);
  });
}

export function rightsContract(ground: () => ForgeGround): void {
  test('R-SEN-5: who may write is asked at the forge', async () => {
    const { scene, acts } = await hostedScene(ground());
    expect(await scene.forge.mayWrite(acts.logins.writer)).toBe(true);
    expect(await scene.forge.mayWrite(acts.logins.stranger)).toBe(false);
    expect(await scene.forge.mayWrite('nobody-of-this-name')).toBe(false);
  });

  test('R-SEN-5: issues are found by their label, with who put it there', async () => {
    const { scene, acts } = await hostedScene(ground());
    const wanted = await acts.openIssue(scene, { title: 'Do it', body: 'Please.', labels: ['moose'] });
    await acts.openIssue(scene, { title: 'Not this', body: '', labels: [] });
    const { pull } = await opened(scene);
    const listed = await scene.forge.listIssues({ label: 'moose', since: null });
    const issue = { number: wanted, title: 'Do it', body: 'Please.', labels: ['moose'], state: 'open' };
    expect(listed).toEqual([expect.objectContaining({ ...issue, labelledBy: acts.logins.writer })]);
    expect(await scene.forge.listIssues({ label: 'unknown', since: null })).toEqual([]);
    expect(await scene.forge.findIssue(wanted)).toMatchObject(issue);
    expect(await scene.forge.findIssue(4_711)).toBeNull();
    expect(await scene.forge.findIssue(pull.number)).toBeNull();
  });

  test.each(['body', 'title'] as const)(
    'R-SEN-5: an edit of the %s after the label is noticed, and a comment is not an edit',
    async (what) => {
      const { scene, acts } = await hostedScene(ground());
      const number = await acts.openIssue(scene, { title: 'Do it', body: 'Please.', labels: ['moose'] });
      const [issue] = await scene.forge.listIssues({ label: 'moose', since: null });
      const labelledAt = new Date(issue?.labelledAt ?? Number.NaN);
      expect(Math.abs(labelledAt.getTime() - Date.now())).toBeLessThan(600_000);
      const isEdited = () => scene.forge.isIssueEdited(number, labelledAt);
      expect(await isEdited()).toBe(false);
      await scene.forge.say({ number, onIssue: true, text: 'Hello', key: 'x' });
      expect(await isEdited()).toBe(false);
      let edits = 0;
      // Some forges have only whole seconds.
      const edited = async () => {
        edits += 1;
        await acts.editIssue(scene, number, { [what]: `Delete ${edits} files` });
        return isEdited();
      };
      await expect.poll(edited).toBe(true);
    },
  );

  test('it says who it is and what it may do', async () => {
    const { scene } = await hostedScene(ground());
    const inspection = await scene.forge.inspect();
    expect(inspection).toMatchObject({ defaultBranch: 'main', hasDrafts: true });
    expect(inspection.problems.filter(({ isFatal }) => isFatal)).toEqual([]);
    const credentials = await scene.forge.gitCredentials();
    expect(credentials).toMatchObject({ user: expect.any(String), password: expect.any(String) });
  });
}
