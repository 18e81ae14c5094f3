// A pull request with thousands of comments: Moose finds its own among them, and reads the last one.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '../database.ts';
import { opened } from './contract.fixture.ts';
import { type GitHubGround, startGitHubGround } from './github-ground.fixture.ts';

let ground: GitHubGround;
beforeAll(async () => {
  ground = await startGitHubGround(() => testDatabase());
});
afterAll(() => ground?.stop());

/** More than twenty pages. */
const commentsCount = 2_100;

test('R-SEN-5: fear: behind two thousand comments, Moose does not find its own and writes it again and again', async () => {
  const scene = await ground.scene();
  const { pull } = await opened(scene);
  const { number } = pull;
  await ground.acts.comment(scene, number, 'Me too.', 'stranger');
  const { comments } = scene.repository.state;
  const [first] = comments;
  if (!first) throw new Error('There is no comment');
  for (let count = 1; count < commentsCount; count++)
    comments.push({ ...first, id: ground.github.world.nextId() });
  await scene.forge.say({ number, text: 'It waits.', key: 'state:1' });
  await scene.forge.say({ number, text: 'It is done.', key: 'state:1' });
  await ground.acts.comment(scene, number, '/moose stop', 'writer');
  const read = await scene.forge.readRemarks(number, null);
  expect(read).toHaveLength(commentsCount + 2);
  expect(read.filter(({ isOwn }) => isOwn)).toMatchObject([{ body: expect.stringContaining('It is done.') }]);
  expect(read.at(-1)).toMatchObject({ body: '/moose stop' });
  expect(ground.github.faults).toEqual([]);
}, 300_000);
