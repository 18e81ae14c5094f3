// From an issue to its merge, the same scenario on each forge: a real Gitea, the double of GitHub, and, if there is a
// token, GitHub itself.
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { lacksGitea } from '../forges/gitea.fixture.ts';
import { type GitHub, startGitHub } from '../github-double/github.ts';
import { openCiGround } from './ci.fixture.ts';
import { githubPlace, openGitHubStage, openRepository } from './forge-scenario/github-stage.fixture.ts';
import { filesOf } from './forge-scenario/people.fixture.ts';
import { giteaPeople } from './forge-scenario/people-gitea.fixture.ts';
import { playActions } from './forge-scenario/play-actions.fixture.ts';
import { playIssueToMerge } from './forge-scenario/scenario.fixture.ts';

const minuteMs = 60_000;
const scenario =
  'R-SEN-3, R-SEN-5, R-SEN-8: a labelled issue is done, refined by CI and by a reviewer, merged, and told';

test.skipIf(lacksGitea)(
  `${scenario}, on a real Gitea`,
  async () => {
    const ci = await openCiGround();
    onTestFinished(() => ci.close());
    const { gitea, ground } = ci;
    const [writer, stranger] = [await gitea.addPerson('ada'), await gitea.addPerson('eve')];
    const workflow = { path: '.gitea/workflows/ci.yaml', runsOn: 'host', checkout: false };
    const { path, repositoryPath } = await ci.repository({ files: filesOf(workflow), writers: [writer] });
    const people = giteaPeople(ci, { path, writer, stranger });
    await playIssueToMerge({ ground, people, repositoryPath });
  },
  20 * minuteMs,
);

describe('on the double of GitHub', () => {
  let github: GitHub;
  /** Sets the same variables as for GitHub itself: the same code reads them. */
  let env: Record<string, string>;
  beforeAll(async () => {
    github = await startGitHub();
    env = {
      MOOSE_TEST_GITHUB_URL: github.url,
      MOOSE_TEST_GITHUB_TOKEN: github.tokenOf('moose'),
      MOOSE_TEST_GITHUB_REVIEWER_TOKEN: github.tokenOf('ada'),
    };
  });
  afterAll(() => github?.stop());
  const placeOf = (given: Record<string, string>) => {
    const place = githubPlace({ ...env, ...given });
    if (!place) throw new Error('The token is missing.');
    return place;
  };

  test(
    scenario,
    async () => {
      const repository = github.addRepository('acme/api');
      for (const login of ['moose', 'ada']) repository.grant(login, 'write');
      const given = {
        MOOSE_TEST_GITHUB_REPOSITORY: 'acme/api',
        MOOSE_TEST_GITHUB_STRANGER_TOKEN: github.tokenOf('eve'),
      };
      const stage = await openGitHubStage(placeOf(given));
      onTestFinished(() => stage.close());
      const actions = playActions(repository);
      await playIssueToMerge(stage);
      await actions.stop();
      expect(github.faults).toEqual([]);
    },
    20 * minuteMs,
  );

  test('a scratch repository is private, lets the reviewer in, and is deleted', async () => {
    const { path, reviewer, moose, remove } = await openRepository(placeOf({}));
    const made = github.world.repositories.get(path);
    expect(made).toMatchObject({ isPrivate: true, owner: { login: moose.login } });
    expect([...(made?.roles ?? [])]).toEqual([[reviewer.login, 'write']]);
    await remove();
    expect(github.world.repositories.has(path)).toBe(false);
  });

  test('what is missing is said', async () => {
    expect(githubPlace({})).toBeNull();
    expect(() => placeOf({ MOOSE_TEST_GITHUB_REVIEWER_TOKEN: '' })).toThrow('a second account');
    const same = placeOf({ MOOSE_TEST_GITHUB_REVIEWER_TOKEN: github.tokenOf('moose') });
    await expect(openRepository(same)).rejects.toThrow('the reviewer has to be another account');
    await expect(openRepository(placeOf({ MOOSE_TEST_GITHUB_TOKEN: 'ghp_wrong' }))).rejects.toThrow(
      'MOOSE_TEST_GITHUB_TOKEN: is it valid?',
    );
    const narrow = github.tokenOf('moose', { permissions: { contents: 'write' } });
    await expect(openRepository(placeOf({ MOOSE_TEST_GITHUB_TOKEN: narrow }))).rejects.toThrow(
      'needs the right to create repositories',
    );
  });
});

const place = githubPlace(process.env);

// Without a token, this test is not defined.
if (place)
  test(
    `${scenario}, on GitHub itself`,
    async () => {
      const stage = await openGitHubStage(place);
      onTestFinished(() => stage.close());
      await playIssueToMerge(stage);
    },
    40 * minuteMs,
  );
