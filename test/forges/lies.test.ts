// R-SEN against a forge that lies and fails: whatever it answers for a while, the work order ends in the same way, and
// Moose does nothing twice or too early.
import { expect, onTestFinished, test } from 'vitest';
import type { Forge } from '../../src/engine/ports/forge.ts';
import { seededRandom } from '../../src/stdx/seeded-random.fixture.ts';
import { testDatabase } from '../database.ts';
import type { GitHub } from '../github-double/github.ts';
import { longOr } from '../long.ts';
import { live, openLiedTo } from './lied-to.fixture.ts';
import { type Lie, lies, liesAlone, mixtureOf } from './lies.fixture.ts';

/** How the work order ends without lies. */
const defaultEnd = {
  status: 'completed',
  isVerified: true,
  runs: 2,
  cycles: 1,
  questions: [],
  events: { progress: 1, 'ci.failed': 1, 'ci.passed': 1, 'ci.rerun': 0 },
  state: 'merged',
  isPushedMerged: true,
  pulls: [true],
  comments: ['ada', 'moose'],
};

async function liveUnder(
  told: readonly Lie[],
  random: () => number,
  spoil?: (forge: Forge, github: GitHub) => Forge,
) {
  const at = await openLiedTo(await testDatabase(), spoil);
  onTestFinished(() => at.close());
  for (const lie of told) lie.tell(at.github, random);
  return { ...(await live(at)), pauses: at.pauses };
}

test('R-SEN-6: the end where nobody lies', async () => {
  expect(await liveUnder([], Math.random)).toMatchObject({
    end: defaultEnd,
    wrongs: [],
    pauses: { seen: [] },
  });
});

test.each(liesAlone)('R-SEN-7, R-SEN-8: $name', async (lie) => {
  const { end, wrongs, pauses } = await liveUnder([lie], seededRandom(1));
  expect({ end, wrongs }).toEqual({ end: defaultEnd, wrongs: [] });
  // People see how long Moose does not call the host, and why.
  expect(pauses.seen.some((because) => /limit|asked for a pause/.test(because))).toBe(lie.isLimit ?? false);
});

const path = 'repos/acme/api';
const lost = lies.filter(({ name }) => name === 'the connection is lost after the act');

/** The test must notice each of these planted defects; otherwise it proves nothing. */
const defects: readonly {
  name: string;
  under: readonly Lie[];
  wrong: RegExp;
  spoil(forge: Forge, github: GitHub): Forge;
}[] = [
  {
    name: 'a comment is written without a look for an earlier one',
    under: lost,
    wrong: /comments of Moose/,
    spoil: (forge, github) => ({
      ...forge,
      say: async ({ number, text }) => {
        await github.as('moose', `POST /${path}/issues/${number}/comments`, { body: text });
        return { url: null };
      },
    }),
  },
  {
    name: 'a pull request is opened without a look for an earlier one, and the forge does not refuse it',
    under: lost,
    wrong: /pull requests/,
    spoil: (forge, github) => {
      github.world.lies.opensTwice = true;
      return {
        ...forge,
        openPullRequest: async ({ headBranch, baseBranch, title, body }) => {
          const asked = { head: headBranch, base: baseBranch, title, body };
          await github.as('moose', `POST /${path}/pulls`, asked);
          const found = await forge.findPullRequest({ headBranch });
          if (!found) throw new Error('It was opened');
          return { ...found, how: 'opened' };
        },
      };
    },
  },
  {
    name: 'what is red counts as green',
    under: [],
    wrong: /merge of what was not green/,
    spoil: (forge) => ({
      ...forge,
      readChecks: async (...asked) => ({ ...(await forge.readChecks(...asked)), verdict: 'green' }),
    }),
  },
  {
    name: 'a host is asked during its pause',
    under: lies.filter(({ name }) => name === '429 for too many calls, without a time'),
    wrong: /calls during a pause/,
    spoil: (forge, github) => ({
      ...forge,
      readRemarks: async (...asked) => {
        await github.as('moose', `GET /${path}/pulls`);
        return forge.readRemarks(...asked);
      },
    }),
  },
];

test.each(defects)('a planted defect is noticed: $name', async ({ under, wrong, spoil }) => {
  const { wrongs } = await liveUnder(under, seededRandom(1), spoil);
  expect(wrongs).toContainEqual(expect.stringMatching(wrong));
});

const seeds = Array.from({ length: longOr(60, 2) }, (_, at) => at + 1);

test.each(seeds)('R-SEN-7, R-SEN-8: several lies at once, seed %i', async (seed) => {
  const { lies: told, random } = mixtureOf(seed);
  const { end, wrongs } = await liveUnder(told, random);
  expect({ end, wrongs }, told.map(({ name }) => name).join('; ')).toEqual({ end: defaultEnd, wrongs: [] });
});
