// From an issue to its merge, on any forge: an issue becomes a work order and a pull request; CI is red; Moose refines
// with the log; CI is green; a review requests changes; Moose refines; the reviewer approves; Moose merges by policy
// and reports everything in one comment on the issue.
import { expect } from 'vitest';
import type { Script } from '../../../src/demo/scripted-answer.ts';
import type { WorkOrderId } from '../../../src/domain/ids.ts';
import { eventsOf } from '../../../src/store/work/work-orders/work-orders.ts';
import { hintAt } from '../ci.fixture.ts';
import { eventually } from '../eventually.fixture.ts';
import { openAccount } from '../farm.fixture.ts';
import { type Ground, writes } from '../ground.fixture.ts';
import { greetingPath, lookEveryMs, type PeopleOfForge, redLine } from './people.fixture.ts';

export interface Stage {
  ground: Ground;
  people: PeopleOfForge;
  /** The checkout of a repository on the forge. */
  repositoryPath: string;
}

const minuteMs = 60_000;
const hintEveryMs = 1_000;
export const title = 'Greet as people do';
export const issue = { title, body: 'Say good day. @everyone', label: 'moose' };
export const review = { body: 'Greet the moose by name.', path: greetingPath, line: 'Say it louder.' };

/** The CI runner failed, not the change. */
export const lostMachine = 'npm ERR! network read ECONNRESET';

/**
 * CI rejects the first proposal; the proposals after the CI failure and after the review differ from it and are
 * accepted. A repeated prompt, whose answer was lost, gets the same answer.
 */
export function proposals(): { script: Script; prompts: string[] } {
  const prompts: string[] = [];
  const script: Script = ({ prompt }) => {
    prompts.push(prompt);
    const isRed = prompt.includes(redLine) || prompt.includes(lostMachine);
    const isConflict = prompt.includes('conflicts with main');
    const greeting = isConflict
      ? 'Good day and evening'
      : prompt.includes(review.body)
        ? 'Good day, moose'
        : isRed
          ? 'Good day'
          : 'Hello there';
    return writes(greetingPath, `${greeting}\n`, `Plan: ${greeting}`);
  };
  return { script, prompts };
}

/** The project turns labelled issues into work orders, and merges when CI is green and a reviewer has approved. */
export async function takeIssues({ ground, repositoryPath }: Stage): Promise<void> {
  const moose = ground.opened.mooseFor('human:ada');
  const { project } = await moose.projects.add({ repository: repositoryPath });
  await moose.projects.change(project.id, { merge: 'approved', intake_label: issue.label });
}

export async function playIssueToMerge(stage: Stage): Promise<void> {
  const { ground, people } = stage;
  const { script, prompts } = proposals();
  ground.answer(title, script);
  await takeIssues(stage);
  const hinting = setInterval(() => void hintAt(ground).catch(() => undefined), hintEveryMs);
  try {
    const number = await people.openIssue(issue);
    const id = await taken(ground);

    const first = await people.finishCi(null);
    expect(first.result).toBe('red');
    const second = await people.finishCi(first.sha);
    expect(prompts[1]).toContain(redLine);
    expect(second.result).toBe('green');
    const [pull] = await people.pulls();
    if (!pull) throw new Error('The pull request is missing.');
    const isStrangerHeard = await people.commentAsStranger(pull.number, '/moose stop');
    await holds(ground, async () => (await ground.opened.moose.find(id)).step === 'awaiting_ci');
    await people.requestChanges(pull.number, { ...review, sha: second.sha });

    const third = await people.finishCi(second.sha);
    expect(third.result).toBe('green');
    expect(prompts.at(-1)).toContain(review.body);
    expect(prompts.at(-1)).toContain(review.line);
    expect(prompts.join('\n')).not.toContain('/moose stop');
    // Moose has answered the remarks that its push addresses, and merges nothing while changes are requested.
    await holds(ground, async () => (await people.toldBy(pull.number)).length === 2);
    await holds(ground, async () => (await people.threads(pull.number)).every((isResolved) => isResolved));
    expect((await people.pulls()).map(({ isMerged }) => isMerged)).toEqual([false]);

    await people.approve(pull.number, third.sha);
    await holds(ground, async () => (await ground.opened.moose.find(id)).status === 'completed');
    await holds(ground, async () =>
      (await people.toldBy(number)).some((text) => text.includes('Done, and merged')),
    );
    await claimOnce(stage, { id, number, sha: third.sha });
    expect(prompts).toHaveLength(3);
    if (isStrangerHeard) await claimStrangerIgnored(ground);
  } finally {
    clearInterval(hinting);
  }
}

/** One pull request, one merge, one comment of each kind, one refinement for each reason. */
export async function claimOnce(
  { ground, people }: Stage,
  claimed: {
    id: string;
    number: number;
    sha: string;
    answers?: number;
    runs?: number;
    refinementCycles?: number;
  },
): Promise<void> {
  // One more cycle for the red CI, one for the review, and one for a conflict with the base.
  const { id, number, sha, answers = 2, runs = 3, refinementCycles = 2 } = claimed;
  const order = await ground.opened.moose.find(id);
  expect(order).toMatchObject({ status: 'completed', isVerified: true, refinementCycles, run: runs });
  const pulls = await people.pulls();
  expect(pulls).toMatchObject([{ isMerged: true, headSha: sha }]);
  const facts = (await eventsOf(ground.opened.database.query, id as WorkOrderId)).flatMap(
    ({ factKey }) => factKey ?? [],
  );
  expect(facts.filter((fact) => fact.startsWith('merged:'))).toHaveLength(1);
  expect(facts.filter((fact) => fact.startsWith('ci.passed:'))).toHaveLength(1);
  expect(await people.toldBy(number)).toHaveLength(1);
  // One answer to the review, and one to its comment on the line.
  expect(await people.toldBy(pulls[0]?.number ?? 0)).toHaveLength(answers);
  expect(await people.threads(pulls[0]?.number ?? 0)).toEqual([true]);
  expect(await people.isOpen(number)).toBe(false);
}

async function claimStrangerIgnored({ opened: { database } }: Ground): Promise<void> {
  const remarks = await database.query
    .selectFrom('pullRequestRemarks')
    .select(['state', 'mayWrite'])
    .where('body', '=', '/moose stop')
    .execute();
  expect(remarks).toEqual([{ state: 'ignored', mayWrite: false }]);
}

/** Returns the work order that Moose made from the issue. */
export function taken(ground: Ground, withinMs = 4 * minuteMs): Promise<string> {
  return eventually(async () => {
    const found = (await ground.opened.moose.list({ limit: 5 })).find((each) => each.title === title);
    if (!found) throw new Error('The issue is not taken yet.');
    return found.id;
  }, withinMs);
}

/** What the newest work orders wait for. */
export async function accountOf({ opened: { moose, database } }: Ground): Promise<string> {
  const orders = await moose.list({ limit: 5 });
  return [...orders.map(({ explain }) => explain), await openAccount(database)].join('\n');
}

export async function holds(
  ground: Ground,
  claim: () => Promise<boolean>,
  withinMs = 4 * minuteMs,
): Promise<void> {
  await eventually(
    async () => {
      if (await claim()) return;
      throw new Error(`Not yet: ${await accountOf(ground)}`);
    },
    withinMs,
    lookEveryMs,
  );
}
