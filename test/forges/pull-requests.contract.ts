// Pull requests: opened once, found again, changed, merged at the expected commit only, closed.
import { expect, test } from 'vitest';
import { type ForgeGround, opened, pushed } from './contract.fixture.ts';

const isSha = expect.stringMatching(/^[0-9a-f]{40}$/);

export function pullRequestsContract(ground: () => ForgeGround): void {
  test('R-PIPE-7: it is opened once, and a second time it is adopted with its new text', async () => {
    const scene = await ground().scene();
    const { branch, headSha, draft, pull } = await opened(scene);
    const told = { state: 'open', headBranch: branch, headSha, baseBranch: 'main', isDraft: false };
    const { title, body } = draft;
    expect(pull).toMatchObject({ ...told, title, body, how: 'opened' });
    expect(pull.mergedSha).toBeNull();
    const again = await scene.forge.openPullRequest({ ...draft, title: 'Another title', body: 'Another' });
    expect(again).toMatchObject({ ...told, number: pull.number, how: 'adopted', title: 'Another title' });
    expect(again.body).toBe('Another');
    expect(await scene.forge.findPullRequest({ number: pull.number })).toMatchObject({ body: 'Another' });
  });

  test('R-PIPE-7: opened twice at the same time, there is one', async () => {
    const scene = await ground().scene();
    const { draft } = await pushed(scene);
    const [one, other] = await Promise.all([
      scene.forge.openPullRequest(draft),
      scene.forge.openPullRequest(draft),
    ]);
    expect(one.number).toBe(other.number);
  });

  test('R-PIPE-7: it is adopted with the commit that was pushed since', async () => {
    const scene = await ground().scene();
    const { branch, draft, pull } = await opened(scene);
    const headSha = await scene.push(branch, { 'more.txt': 'more\n' });
    const again = await scene.forge.openPullRequest({ ...draft, headSha });
    expect(again).toMatchObject({ number: pull.number, how: 'adopted', headSha });
  });

  test('it is found by number and by branch, and what is not there is null', async () => {
    const scene = await ground().scene();
    const { branch, headSha, pull } = await opened(scene);
    const { number } = pull;
    const { forge } = scene;
    expect(await forge.findPullRequest({ number })).toMatchObject({ number, headSha });
    expect(await forge.findPullRequest({ headBranch: branch })).toMatchObject({ number, headSha });
    const both = { headBranch: branch, baseBranch: 'main' };
    expect(await forge.findPullRequest(both)).toMatchObject({ number, headSha });
    expect(await forge.findPullRequest({ number: 4_711 })).toBeNull();
    expect(await forge.findPullRequest({ headBranch: 'moose/none' })).toBeNull();
    expect(await forge.findPullRequest({ headBranch: 'moose/none', baseBranch: 'main' })).toBeNull();
  });

  test('a long text with signs of all kinds comes back as it was written', async () => {
    const scene = await ground().scene();
    const { draft } = await pushed(scene);
    const long = 'Überlänge 🫎 <b>&amp;</b> `code` | table |\n'.repeat(1_400);
    const body = `${long.slice(0, Math.min(long.length, scene.forge.limits.bodyChars - 100))}end`;
    const title = 'Add "quotes", 🫎 and <tags>';
    const pull = await scene.forge.openPullRequest({ ...draft, title, body });
    expect(pull.title).toBe(title);
    expect(pull.body.trim()).toBe(body);
  });

  test('its title and text are changed, and a missing one is an error', async () => {
    const scene = await ground().scene();
    const { pull } = await opened(scene);
    const changed = await scene.forge.updatePullRequest(pull.number, { title: 'New', body: 'New text' });
    expect(changed).toMatchObject({ number: pull.number, title: 'New', body: 'New text', state: 'open' });
    const missing = scene.forge.updatePullRequest(4_711, { title: 'New', baseBranch: 'main' });
    await expect(missing).rejects.toMatchObject({ code: 'PULL_REQUEST_NOT_FOUND' });
  });
}

export function endsContract(ground: () => ForgeGround): void {
  test('R-SPEC-5: one that stands on another is retargeted, is found under its new base, and is merged there', async () => {
    const scene = await ground().scene();
    const { forge } = scene;
    const lower = await opened(scene);
    const { branch, draft } = await pushed(scene);
    const headSha = await scene.push(branch, { 'upper.txt': 'upper\n' });
    const upper = await forge.openPullRequest({ ...draft, headSha, baseBranch: lower.branch });
    expect(upper).toMatchObject({ state: 'open', baseBranch: lower.branch });
    const { number } = upper;
    const retargeted = await forge.updatePullRequest(number, { baseBranch: 'main' });
    expect(retargeted).toMatchObject({ number, state: 'open', baseBranch: 'main', headSha });
    expect(await forge.updatePullRequest(number, { baseBranch: 'main' })).toMatchObject({
      baseBranch: 'main',
    });
    const of = { headBranch: branch, baseBranch: 'main' };
    expect(await forge.findPullRequest(of)).toMatchObject({ number, state: 'open' });
    expect(await forge.findPullRequest({ ...of, baseBranch: lower.branch })).toBeNull();
    const merged = await forge.mergePullRequest(number, { expectedHeadSha: headSha, method: 'merge' });
    expect(merged).toMatchObject({ state: 'merged', baseBranch: 'main' });
    expect(await forge.findPullRequest({ number: lower.pull.number })).toMatchObject({ state: 'open' });
  });

  test('R-SEN-8: it is merged at the expected commit only, and once', async () => {
    const scene = await ground().scene();
    const { headSha, pull } = await opened(scene);
    const wrong = scene.forge.mergePullRequest(pull.number, { expectedHeadSha: 'f'.repeat(40) });
    await expect(wrong).rejects.toMatchObject({ code: 'PULL_REQUEST_HEAD_MOVED' });
    const how = { expectedHeadSha: headSha, method: 'merge' as const };
    const merged = await scene.forge.mergePullRequest(pull.number, how);
    expect(merged).toMatchObject({ number: pull.number, state: 'merged', mergedSha: isSha });
    expect(await scene.forge.mergePullRequest(pull.number, how)).toMatchObject({ state: 'merged' });
    expect(await scene.forge.findPullRequest({ number: pull.number })).toMatchObject({ state: 'merged' });
    const closing = scene.forge.closePullRequest(pull.number);
    await expect(closing).rejects.toMatchObject({ code: 'PULL_REQUEST_NOT_OPEN' });
  });

  test('R-SEN-4: a conflict is an error that says so, and nothing is merged', async () => {
    const scene = await ground().scene();
    const { headSha, pull } = await opened(scene, { 'greeting.txt': 'Hello from the branch\n' });
    await scene.push('main', { 'greeting.txt': 'Hello from main\n' });
    const merging = scene.forge.mergePullRequest(pull.number, { expectedHeadSha: headSha, method: 'merge' });
    await expect(merging).rejects.toMatchObject({ code: 'MERGE_CONFLICT' });
    expect(await scene.forge.findPullRequest({ number: pull.number })).toMatchObject({ state: 'open' });
  });

  test('it is closed once, is not merged then, and a new one is opened for the branch', async () => {
    const scene = await ground().scene();
    const { headSha, draft, pull } = await opened(scene);
    const { forge } = scene;
    expect(await forge.closePullRequest(pull.number)).toMatchObject({ state: 'closed' });
    expect(await forge.closePullRequest(pull.number)).toMatchObject({ state: 'closed' });
    const merging = forge.mergePullRequest(pull.number, { expectedHeadSha: headSha });
    await expect(merging).rejects.toMatchObject({ code: 'PULL_REQUEST_NOT_OPEN' });
    await expect(forge.closePullRequest(4_711)).rejects.toMatchObject({ code: 'PULL_REQUEST_NOT_FOUND' });
    const next = await forge.openPullRequest(draft);
    expect(next).toMatchObject({ state: 'open', headSha });
    const found = await forge.findPullRequest({ headBranch: draft.headBranch, baseBranch: 'main' });
    expect(found).toMatchObject({ number: next.number, state: 'open' });
  });
}
