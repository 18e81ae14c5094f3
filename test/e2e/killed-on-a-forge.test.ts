// From an issue to its merge, with Moose killed at each of its effects on the way: one pull request, one merge, one
// comment of each kind, one answer to each remark, one refinement for each red CI run.
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { sleep } from '../../src/stdx/async/sleep.ts';
import { type GitHub, startGitHub } from '../github-double/github.ts';
import type { TestRepository } from '../github-double/test-repository.ts';
import { isLong } from '../long.ts';
import { hintAt } from './ci.fixture.ts';
import { eventually } from './eventually.fixture.ts';
import { type Death, everyLife, shortLife, writes } from './forge-scenario/forge-kill-points.fixture.ts';
import { githubPlace, openGitHubStage } from './forge-scenario/github-stage.fixture.ts';
import { greetingPath } from './forge-scenario/people.fixture.ts';
import { playActions } from './forge-scenario/play-actions.fixture.ts';
import {
  claimOnce,
  holds,
  issue,
  lostMachine,
  proposals,
  review,
  type Stage,
  takeIssues,
  taken,
  title,
} from './forge-scenario/scenario.fixture.ts';
import { type MooseProcess, startMoose } from './moose-process.ts';

const minuteMs = 60_000;
const secondMs = 1_000;
/** Moose waits this long for a rerun that never begins; all other events come within seconds. */
const deathMsMax = 5 * minuteMs;
/** Between two actions of people, Moose is killed up to twenty times. */
const manyDeathsMs = 20 * minuteMs;
const lives = isLong ? everyLife : [shortLife];

let github: GitHub;
beforeAll(async () => {
  github = await startGitHub();
});
afterAll(() => github?.stop());

test.each(lives.map((life, number) => ({ ...life, number })))(
  'R-SEN-3, R-SEN-5, R-SEN-8: killed at each effect from an issue to its merge, Moose does nothing twice: life $number',
  async ({ deaths, base, number, isSigned = false }) => {
    const repository = github.addRepository(`acme/life-${number}`);
    for (const login of ['moose', 'ada']) repository.grant(login, 'write');
    if (isSigned) repository.requireSignatures('moose/');
    const place = githubPlace({
      MOOSE_TEST_GITHUB_URL: github.url,
      MOOSE_TEST_GITHUB_TOKEN: github.tokenOf('moose'),
      MOOSE_TEST_GITHUB_REVIEWER_TOKEN: github.tokenOf('ada'),
      MOOSE_TEST_GITHUB_REPOSITORY: repository.state.fullName,
    });
    if (!place) throw new Error('The token is missing.');
    const stage = await openGitHubStage(place, { works: false });
    onTestFinished(() => stage.close());
    const { script } = proposals();
    stage.ground.answer(title, script);
    await takeIssues(stage);
    const actions = playActions(repository, { failsFirst: `npm ERR! code ECONNRESET\n${lostMachine}\n` });
    const hinting = setInterval(() => void hintAt(stage.ground).catch(() => undefined), secondMs / 2);
    onTestFinished(() => clearInterval(hinting));

    const people = playPeople(stage, base === 'stays' ? null : () => moveBase(repository, base));
    const died: Death[] = [];
    for (const death of deaths) {
      await die(stage, death, people.failed);
      died.push(death);
    }
    const last = await start(stage);
    const ended = await people.ended;
    await holds(stage.ground, async () =>
      (await stage.people.toldBy(ended.number)).some((text) => text.includes('Done, and merged')),
    );
    await last.stop();
    await actions.stop();

    expect(died).toEqual(deaths);
    const runs = base === 'stays' ? 3 : 4;
    await claimOnce(stage, { ...ended, answers: 3, runs, refinementCycles: base === 'conflicts' ? 3 : 2 });
    // Each pushed commit has one CI run; only the first is rerun, at most once.
    expect(repository.state.runs.slice(1).map(({ attempt }) => attempt)).toEqual(Array(runs - 1).fill(1));
    expect(repository.state.runs[0]?.attempt).toBeLessThanOrEqual(2);
    if (isSigned) expect(repository.state.signed.size).toBe(runs);
    expect(github.faults).toEqual([]);
  },
  60 * minuteMs,
);

interface PlayedPeople {
  ended: Promise<{ id: string; number: number; sha: string }>;
  /** Rejects as soon as something went wrong. */
  failed: Promise<never>;
}

/** The people do not notice that Moose is killed. */
function playPeople({ ground, people }: Stage, moveBase: (() => void) | null): PlayedPeople {
  const play = async () => {
    const number = await people.openIssue(issue);
    const id = await taken(ground, manyDeathsMs);
    const red = await people.finishCi(null);
    const green = await people.finishCi(red.sha);
    const pull = (await people.pulls())[0]?.number ?? 0;
    // While it publishes a run, Moose would answer the comment as part of that.
    await holds(
      ground,
      async () => (await ground.opened.moose.find(id)).step === 'awaiting_ci',
      manyDeathsMs,
    );
    await people.comment(pull, '/moose explain');
    await holds(ground, async () => (await people.toldBy(pull)).length === 1, manyDeathsMs);
    // Both remarks of the review come in the same second, so Moose answers them in the order of their keys.
    await eventually(async () => expect(Date.now() % secondMs).toBeLessThan(secondMs / 2));
    await people.requestChanges(pull, { ...review, sha: green.sha });
    let { sha } = await people.finishCi(green.sha);
    await holds(ground, async () => (await people.toldBy(pull)).length === 3, manyDeathsMs);
    moveBase?.();
    await people.approve(pull, sha);
    if (moveBase) {
      ({ sha } = await people.finishCi(sha));
      await people.approve(pull, sha);
    }
    await holds(
      ground,
      async () => (await ground.opened.moose.find(id)).status === 'completed',
      manyDeathsMs,
    );
    return { id, number, sha };
  };
  const ended = play();
  const failed = new Promise<never>((_, reject) => ended.catch(reject));
  failed.catch(() => undefined);
  return { ended, failed };
}

/** Somebody else pushes a commit to the base, which GitHub requires in the branch, or which conflicts with it. */
function moveBase(repository: TestRepository, base: 'moves' | 'conflicts'): void {
  if (base === 'moves') repository.protect('main', { isStrict: true });
  repository.commit(
    'main',
    base === 'moves' ? { 'other.txt': 'Other\n' } : { [greetingPath]: 'Good evening\n' },
  );
}

function start({ ground: { config, provider } }: Stage, env: Record<string, string> = {}) {
  return startMoose({
    databaseUrl: config.databaseUrl ?? '',
    dataDirectory: config.dataDirectory,
    scriptedBaseUrl: provider.baseUrl,
    env: { MOOSE_MODELS: config.engine.models.standard.join(','), ...env },
  });
}

/** Starts one process and waits until it is killed at this point. */
async function die(stage: Stage, { when, at }: Death, failed: Promise<never>): Promise<void> {
  const starting = Promise.withResolvers<MooseProcess>();
  if (when !== 'reached') {
    const match = writes[at];
    if (!match) throw new Error(`There is no write ${at}.`);
    github.planned.push({ match, when, what: async () => (await starting.promise).kill() });
  }
  const moose = await start(stage, when === 'reached' ? { MOOSE_DIE_AT: at } : {});
  starting.resolve(moose);
  const late = sleep(deathMsMax).then(() => {
    throw new Error(`Moose did not come to this point: ${when} ${at}`);
  });
  late.catch(() => undefined);
  try {
    await Promise.race([moose.gone, late, failed]);
  } finally {
    await moose.kill();
  }
}
