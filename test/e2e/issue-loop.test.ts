// From an issue to its merge, on a real forge: issue, work order, pull request, red CI, refined, green, a review, refined,
// approved, merged by policy, and the issue is told, in one comment.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Script } from '../../src/demo/scripted-answer.ts';
import { lacksGitea } from '../forges/gitea.fixture.ts';
import { type CiGround, openCiGround, until, waitForJob } from './ci.fixture.ts';
import { writes } from './ground.fixture.ts';

const minuteMs = 60_000;

describe.skipIf(lacksGitea)('from an issue to its merge', () => {
  let ci: CiGround;
  beforeAll(async () => {
    ci = await openCiGround();
  }, 6 * minuteMs);
  afterAll(() => ci?.close());

  test(
    'R-SEN-3, R-SEN-5, R-SEN-8: a labelled issue is done, refined by CI and by a reviewer, merged, and told',
    async () => {
      const { gitea, ground } = ci;
      const [ada, eve] = [await gitea.addPerson('ada'), await gitea.addPerson('eve')];
      const { path, repositoryPath } = await ci.repository({ writers: [ada] });
      const moose = ground.opened.mooseFor('human:ada');
      const { project } = await moose.projects.add({ repository: repositoryPath });
      await moose.projects.change(project.id, { merge: 'approved', intakeLabel: 'moose' });
      const prompts: string[] = [];
      const title = 'Greet as people do';
      const answer: Script = ({ prompt }) => {
        prompts.push(prompt);
        return writes('greeting.txt', `Good day ${prompts.length}\n`, `Plan ${prompts.length}`);
      };
      ground.answer(title, answer);
      const at = (part: string) => `/repos/${path}${part}`;
      await gitea.api('POST', at('/labels'), { name: 'moose', color: '#00ff00' });
      const issue = await gitea.api('POST', at('/issues'), { title, body: 'Say good day. @everyone' }, eve);
      const { number } = issue.body as { number: number };
      await gitea.api('POST', at(`/issues/${number}/labels`), { labels: ['moose'] }, ada);

      const id = await taken(ci, title);
      const first = await waitForJob(ci, '', id);
      await first.end('failure', ['not ok 1 - greets politely', '# fail 1']);
      const second = await waitForJob(ci, first.sha, id);
      expect(prompts[1]).toContain('greets politely');
      await second.end('success');
      const order = () => ground.opened.moose.find(id);
      const [pull] = await ci.pulls(path);
      const review = (by: typeof ada, event: string, body: string, sha: string) =>
        gitea.api('POST', at(`/pulls/${pull?.number}/reviews`), { event, body, commit_id: sha }, by);
      // A stranger's words change nothing.
      await gitea.api('POST', at(`/issues/${pull?.number}/comments`), { body: '/moose stop' }, eve);
      await until(ci, async () => (await order()).step === 'awaiting_ci');
      await review(ada, 'REQUEST_CHANGES', 'Greet the moose by name.', second.sha);
      const third = await waitForJob(ci, second.sha, id);
      expect(prompts.at(-1)).toContain('Greet the moose by name.');
      expect(prompts.join('\n')).not.toContain('/moose stop');
      await third.end('success');
      expect((await ci.pulls(path)).map(({ merged }) => merged)).toEqual([false]);
      await review(ada, 'APPROVED', '', third.sha);
      await until(ci, async () => (await order()).status === 'completed');
      expect(await ci.pulls(path)).toMatchObject([{ merged: true, head: { sha: third.sha } }]);
      expect(prompts).toHaveLength(3);
      await until(ci, async () =>
        (await told(ci, path, number)).some((text) => text.includes('Done, and merged')),
      );
      expect(await told(ci, path, number)).toHaveLength(1);
    },
    20 * minuteMs,
  );
});

/** The work order that the issue has become. */
async function taken(ci: CiGround, title: string): Promise<string> {
  const find = async () =>
    (await ci.ground.opened.moose.list({ limit: 5 })).find((each) => each.title === title);
  await until(ci, async () => (await find()) !== undefined);
  return (await find())?.id ?? '';
}

/** What Moose wrote on the issue. */
async function told(ci: CiGround, path: string, number: number): Promise<string[]> {
  const { body } = await ci.gitea.api('GET', `/repos/${path}/issues/${number}/comments`);
  return (body as { body: string }[]).map((comment) => comment.body);
}
