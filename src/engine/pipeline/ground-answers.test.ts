// What a person answers, or does by hand, after others have changed the branches of a work order. Git is real; the test
// decides what the forge answers.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { systemClock } from '../../stdx/clock.ts';
import { openEscalationOf } from '../../store/failures/escalations.ts';
import { answer } from '../commands/answers/answer.ts';
import { checkOf, look } from '../sentinel/next/followed.fixture.ts';
import { changing, published as publishedOn } from './published.fixture.ts';

const shared = sharedDatabase();
const green = { verdict: 'green' as const, checks: [checkOf('build', 'passed')], missing: [] };
const red = { verdict: 'red' as const, checks: [checkOf('build', 'failed')], missing: [] };

/** The forge has shown Moose's push for long. */
async function published(given?: Parameters<typeof publishedOn>[1]) {
  const at = await publishedOn(shared(), given);
  const pushedAt = new Date(Date.now() - 120_000);
  await at.database.query.updateTable('pullRequests').set({ pushedAt }).execute();
  const answered = async (option: string, note?: string) => {
    const question = await openEscalationOf(at.database.query, at.work.order.id);
    if (!question) throw new Error('Nobody is asked');
    const by = { by: 'human:ada', ...(note === undefined ? {} : { note }) };
    await answer({ database: at.database, clock: systemClock }, question, option, by);
    const before = at.model.prompts.length;
    await at.execute();
    return at.model.prompts.slice(before).map((prompt) => JSON.stringify(prompt));
  };
  return { ...at, answered };
}

test('R-SEN-8: a person amends the message of the commit, as Moose advises, and the change is merged all the same', async () => {
  const at = await published();
  const { database, work, pullRequest, repository, url } = at;
  repository.git('fetch', '--quiet', url, pullRequest.headBranch);
  repository.git('checkout', '--quiet', '--detach', 'FETCH_HEAD');
  repository.git('commit', '--quiet', '--amend', '-m', 'fix: another subject');
  const amended = repository.git('rev-parse', 'HEAD');
  repository.git('push', '--quiet', '--force', url, `${amended}:refs/heads/${pullRequest.headBranch}`);
  repository.git('checkout', '--quiet', 'main');
  pullRequest.headSha = amended;
  at.said.report = green;
  Object.assign(work.forge, {
    mergePullRequest: async (_: number, { expectedHeadSha }: { expectedHeadSha: string }) =>
      Object.assign(pullRequest, { state: 'merged', mergedSha: 'c'.repeat(40), headSha: expectedHeadSha }),
  });
  await look(database, work.forge, { merge: 'green' });
  expect(await at.order()).toMatchObject({ status: 'completed' });
  expect(pullRequest).toMatchObject({ state: 'merged', headSha: amended });
});

test('R-REC-5: fear: who continues on top of what others pushed is not told what CI said about it', async () => {
  const at = await published({ agent: changing });
  const { database, work, answered } = at;
  const theirs = at.pushToHead({ 'fmt.txt': 'formatted\n' });
  Object.assign(work.forge, {
    readChecks: async ({ sha }: { sha: string }) => ({ ...(sha === theirs ? red : green), sha }),
    readLog: async () => ({ text: 'FAIL a.test: expected 2, got 3\n', isCut: false, failedStep: 'npm test' }),
  });
  await look(database, work.forge);
  await look(database, work.forge);
  const prompts = await answered('retry');
  expect(await at.order()).toMatchObject({ step: 'awaiting_ci' });
  expect(prompts).toEqual([expect.stringContaining('expected 2, got 3')]);
});

test.each([
  ['refine', 'Use UTC.'],
  ['retry', undefined],
] as const)(
  'R-ESC-3: fear: the change is moved onto a rewritten base branch, and the instructions given with that are lost: %s',
  async (option, note) => {
    const at = await published({ agent: changing, files: { 'leaked.txt': 'TOP=1\n' } });
    const { database, work, answered } = at;
    at.rewriteBase({ 'README.md': 'clean\n' });
    at.pushToHead({ 'fmt.txt': 'formatted\n' });
    await look(database, work.forge);
    const prompts = await answered(option, note);
    expect(await at.order()).toMatchObject({ step: 'awaiting_ci' });
    // Without instructions, there is nothing to be done for an agent.
    expect(prompts).toEqual(note === undefined ? [] : [expect.stringContaining(note)]);
  },
);

test('R-AGENT-2: a command runs again on top of what others pushed to its branch', async () => {
  const at = await published({ command: 'echo "$(cat fmt.txt 2>/dev/null)" > made.txt' });
  const { database, work, answered, pullRequest, repository, url } = at;
  const theirs = at.pushToHead({ 'fmt.txt': 'formatted\n' });
  Object.assign(work.forge, {
    readChecks: async ({ sha }: { sha: string }) => ({ ...(sha === theirs ? red : green), sha }),
    readLog: async () => ({ text: 'FAIL a.test\n', isCut: false, failedStep: 'npm test' }),
  });
  await look(database, work.forge);
  await look(database, work.forge);
  await answered('retry');
  expect(await at.order()).toMatchObject({ status: 'in_progress', step: 'awaiting_ci' });
  repository.git('fetch', '--quiet', url, pullRequest.headBranch);
  expect(repository.git('show', 'FETCH_HEAD:made.txt')).toBe('formatted');
});
