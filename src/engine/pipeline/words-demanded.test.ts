// CI refuses what no agent can change: the words that Moose writes around a change, or an act of a person.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { openEscalationOf } from '../../store/failures/escalations.ts';
import { checkOf, look } from '../sentinel/next/followed.fixture.ts';
import { changing, published as publishedOn } from './published.fixture.ts';

const shared = sharedDatabase();

/** What the forge shows is not late any more. */
async function published() {
  const at = await publishedOn(shared(), { agent: changing });
  const pushedAt = new Date(Date.now() - 120_000);
  await at.database.query.updateTable('pullRequests').set({ pushedAt }).execute();
  return at;
}

const green = { verdict: 'green' as const, checks: [checkOf('build', 'passed')], missing: [] };

/** One check of the pull request fails, with this log. */
const demandsOn = (
  { work, pullRequest }: Awaited<ReturnType<typeof published>>,
  name: string,
  text: string,
) => {
  const failed = { verdict: 'red' as const, checks: [checkOf(name, 'failed')], missing: [] };
  const asked = pullRequest.headSha;
  Object.assign(work.forge, {
    readChecks: async ({ sha }: { sha: string }) => ({ ...(sha === asked ? failed : green), sha }),
    readLog: async () => ({ text, isCut: false, failedStep: name }),
  });
};

test.each([
  ['commitlint', 'subject may not be empty [subject-empty]'],
  ['semantic-pr', 'No release type found in pull request title "Mend it"'],
  ['labels', 'Pull request requires at least one label: bug, feature'],
])(
  'R-SEN-3: fear: %s refuses the words around a change, and its agent is paid to mend them',
  async (name, text) => {
    const at = await published();
    const { database, work, model, order } = at;
    const asked = model.prompts.length;
    demandsOn(at, name, text);
    await look(database, work.forge);
    await look(database, work.forge);
    expect(await openEscalationOf(database.query, work.order.id)).toMatchObject({ code: 'CI_DEMANDS_WORDS' });
    expect(await order()).toMatchObject({ refinementCycles: 0, run: 1 });
    expect(model.prompts).toHaveLength(asked);
  },
);

test('R-SEN-3: a missing sign-off is put there by Moose, without an agent', async () => {
  const at = await published();
  const { database, work, model, order, execute, pullRequest, repository } = at;
  const asked = model.prompts.length;
  demandsOn(at, 'DCO', 'The sign-off is missing on one commit.');
  await look(database, work.forge);
  await execute();
  expect(await order()).toMatchObject({ status: 'in_progress', step: 'awaiting_ci' });
  const head = at.atRemote(pullRequest.headBranch);
  expect(repository.git('log', '-1', '--format=%B', head)).toContain('Signed-off-by: ');
  expect(model.prompts).toHaveLength(asked);
});
