// What has changed while the agent worked is looked at once more before a pull request is opened.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { makeBundle } from '../../../git/read/patch.ts';
import { takeIssue } from '../../../store/work/pull-requests/forge-issues.ts';
import { saveArtifact } from '../../../store/work/sessions/artifacts.ts';
import { eventsOf } from '../../../store/work/work-orders/work-orders.ts';
import type { ForgeIssue } from '../../ports/forge.ts';
import { leave, verifiedAs } from '../scratch-pipeline.fixture.ts';
import { creatingPr } from './creating-pr.ts';
import { forgeWith, type WithOrigin, withOriginOn } from './with-origin.fixture.ts';

const shared = sharedDatabase();
const withOrigin = () => withOriginOn(shared());

const groundOf = async ({ work }: WithOrigin) =>
  (await eventsOf(work.database.query, work.order.id))
    .filter(({ kind }) => kind === 'ground.changed')
    .map(({ detail }) => detail.is);

const issue = {
  number: 7,
  url: 'memory:7',
  title: 'Mend it',
  author: 'ada',
  labelledBy: 'ada',
  labelledAt: null,
};

/** The work came from an issue, which the forge answers for as given. */
async function askedByIssue(find: () => Promise<Partial<ForgeIssue> | null>) {
  const at = await withOrigin();
  const { work } = at;
  const { host, repository } = work.forge;
  const key = { projectId: work.project.id, host, repository };
  await takeIssue(work.database.query, { ...key, ...issue }, work.order.id);
  const project = { ...work.project, settings: { ...work.project.settings, intake_label: 'moose' } };
  const findIssue = async () => (await find()) as ForgeIssue | null;
  const end = await creatingPr({ ...forgeWith(work, { findIssue }), project });
  return { at, end, body: work.forge.pullRequests[0]?.body ?? '' };
}

test('R-SEN-5: an issue that is still open and wanted is closed by the merge', async () => {
  const { at, body } = await askedByIssue(async () => ({ state: 'open', labels: ['moose'] }));
  expect(body).toContain('Closes #7');
  expect(await groundOf(at)).toEqual([]);
});

test('R-SEN-5: fear: the issue is closed and its label taken off while the agent works, and nobody mentions it', async () => {
  const { at, end, body } = await askedByIssue(async () => ({ state: 'closed', labels: [] }));
  expect(end).toMatchObject({ end: 'done' });
  expect(body).toContain('Issue #7 asked for this, and was closed meanwhile.');
  expect(body).not.toContain('Closes #7');
  expect(await groundOf(at)).toEqual(['issue closed', 'issue unlabelled']);
});

test('R-SEN-5: a label that was taken off is told, and the open issue is still closed by the merge', async () => {
  const { at, body } = await askedByIssue(async () => ({ state: 'open', labels: ['other'] }));
  expect(body).toContain('Closes #7');
  expect(await groundOf(at)).toEqual(['issue unlabelled']);
});

test('R-SEN-5: an issue that is gone counts as unchanged', async () => {
  const { at, body } = await askedByIssue(async () => null);
  expect(body).toContain('Closes #7');
  expect(await groundOf(at)).toEqual([]);
});

/** The base branch gets a commit with this file, on the remote only. */
function onBase({ repository, origin }: WithOrigin, name: string): void {
  repository.git('checkout', '--quiet', '-B', 'theirs', 'main');
  repository.write({ [name]: 'theirs\n' });
  repository.git('add', '--all');
  repository.git('commit', '--quiet', '-m', 'Theirs');
  repository.git('push', '--quiet', origin, 'theirs:main');
  repository.git('checkout', '--quiet', 'main');
}

test('R-PIPE-11: fear: a change that conflicts with its base branch is published, and nobody can merge it', async () => {
  const at = await withOrigin();
  onBase(at, 'made.txt');
  expect(await creatingPr(at.work)).toEqual({
    end: 'again',
    because: 'main has changes that conflict with it',
  });
  expect(at.work.forge.pullRequests).toEqual([]);
  expect(at.there()).toBe('');
});

test('R-PIPE-11: a base branch that moved without a conflict holds nothing up', async () => {
  const at = await withOrigin();
  onBase(at, 'other.txt');
  expect(await creatingPr(at.work)).toMatchObject({ end: 'done' });
});

test('R-PIPE-11: after one cycle that brought the base branch, the change is published with its conflict', async () => {
  const at = await withOrigin();
  onBase(at, 'made.txt');
  const headSha = at.repository.git('rev-parse', at.routed.branch);
  const treeSha = at.repository.git('rev-parse', `${at.routed.branch}^{tree}`);
  const applied = { headSha, treeSha, agent: 'scripted', outcome: 'changed' } as const;
  const baseMerged = { from: 'base' as const, conflicts: ['made.txt'] };
  const inCycle = (cycle: number) => ({ ...at.work, run: { ...at.work.run, cycle } });
  await leave(inCycle(1), 'applying', { ...applied, baseMerged });
  await leave(inCycle(2), 'applying', applied);
  await leave(inCycle(2), 'verifying', verifiedAs({ treeSha }));
  expect(await creatingPr(inCycle(2))).toMatchObject({ end: 'done' });
});

test('R-PIPE-6: fear: a power failure has taken the commit of a checked change, and it cannot be pushed', async () => {
  const at = await withOrigin();
  const { work, repository, routed } = at;
  const head = repository.git('rev-parse', routed.branch);
  const bundle = await makeBundle({ repositoryPath: repository.path, base: routed.baseSha, head });
  const owner = { workOrderId: work.order.id, runId: work.run.id, cycle: 0 };
  await saveArtifact(work.database.query, { ...owner, kind: 'bundle', content: bundle });
  rmSync(join(repository.path, '.git/objects', head.slice(0, 2), head.slice(2)));
  expect(await creatingPr(work)).toMatchObject({ end: 'done', result: { headSha: head } });
  expect(at.there()).toBe(head);
});
