// A reviewer drafts a review for longer than Moose looks back, while others talk; and deletes comments. Nothing is lost, and
// nothing stands in the way of the rest.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase } from '../database.ts';
import { opened } from './contract.fixture.ts';
import { expectStatus, lacksGitea } from './gitea.fixture.ts';
import { type GiteaGround, startGiteaGround } from './gitea-ground.fixture.ts';
import { type GitHubGround, startGitHubGround } from './github-ground.fixture.ts';

const hourMs = 60 * 60_000;
const files = { 'file.txt': 'One\nTwo\n' };
const review = { body: 'Say more.', judgement: 'changes_requested', path: 'file.txt', line: 1 } as const;

describe('GitHub', () => {
  let ground: GitHubGround;
  beforeAll(async () => {
    ground = await startGitHubGround(() => testDatabase());
  });
  afterAll(() => ground?.stop());

  test('R-SEN-5: fear: comments of a review that was drafted for an hour are lost', async () => {
    const scene = await ground.scene();
    const { pull } = await opened(scene, files);
    await ground.acts.review(scene, pull.number, review);
    const [line] = scene.repository.state.lineComments;
    if (!line) throw new Error('There is no comment');
    // It has the times at which it was drafted, the review the time at which it was submitted.
    const draftedAt = new Date(Date.now() - hourMs);
    Object.assign(line, { createdAt: draftedAt, updatedAt: draftedAt });
    const since = new Date(Date.now() - hourMs / 2);
    const kinds = (await scene.forge.readRemarks(pull.number, since)).map(({ kind }) => kind);
    expect(kinds.toSorted()).toEqual(['line', 'review']);
    const later = new Date(Date.now() + hourMs);
    expect(await scene.forge.readRemarks(pull.number, later)).toEqual([]);
  });

  test('R-SEN-5: fear: a comment that its author deletes keeps Moose from everything else', async () => {
    const scene = await ground.scene();
    const { pull } = await opened(scene, files);
    await ground.acts.review(scene, pull.number, review);
    const remarks = await scene.forge.readRemarks(pull.number, null);
    const remark = remarks.find(({ kind }) => kind === 'line');
    if (!remark) throw new Error('There is no comment');
    scene.repository.state.lineComments.splice(0);
    const saying = { number: pull.number, text: 'Changed.', key: 'remark:1', answers: remark };
    await scene.forge.say(saying);
    await scene.forge.resolveThread(remark);
    expect(scene.repository.state.comments.map(({ body }) => body)).toEqual([
      expect.stringContaining('Changed.'),
    ]);
  });
});

describe.skipIf(lacksGitea)('Gitea', () => {
  let ground: GiteaGround;
  beforeAll(async () => {
    ground = await startGiteaGround(() => testDatabase());
  });
  afterAll(() => ground?.stop());

  test('R-SEN-5: fear: a review that was drafted for a while is lost', async () => {
    const { gitea } = ground;
    const scene = await ground.scene();
    const { pull } = await opened(scene, files);
    const reviewer = await gitea.addPerson('grace');
    const reviews = `/repos/${scene.forge.repository}/pulls/${pull.number}/reviews`;
    const comments = [{ path: 'file.txt', body: 'Why this?', new_position: 1 }];
    const drafted = await gitea.api('POST', reviews, { body: 'Draft', event: 'PENDING', comments }, reviewer);
    const { id } = expectStatus(drafted, 200);
    // Gitea's times are whole seconds.
    const passed = async (ms: number) => {
      const from = Date.now();
      await expect.poll(() => Date.now() - from).toBeGreaterThan(ms);
    };
    await passed(2_100);
    const since = new Date();
    await passed(1_100);
    const submitted = { body: 'Say more.', event: 'COMMENT' };
    expectStatus(await gitea.api('POST', `${reviews}/${id}`, submitted, reviewer), 200);
    const said = (await scene.forge.readRemarks(pull.number, since)).map(({ kind, body }) => [kind, body]);
    expect(said.toSorted()).toEqual([
      ['line', 'Why this?'],
      ['review', 'Say more.'],
    ]);
  });
});
