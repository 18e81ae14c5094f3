// A work order is published where its branch accepts only signed commits, with Moose killed on the way: one
// commit, one pull request; and its undo.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CreatingPrResult } from '../../src/domain/work-order/step-result.ts';
import { creatingPr } from '../../src/engine/pipeline/creating-pr/creating-pr.ts';
import { onRecord } from '../../src/engine/pipeline/on-record.fixture.ts';
import {
  atStep,
  claimedAgain,
  type Given,
  leave,
  verifiedAs,
} from '../../src/engine/pipeline/scratch-pipeline.fixture.ts';
import { undoEffects } from '../../src/engine/run/effects/undo-effects.ts';
import type { Work } from '../../src/engine/run/work.ts';
import type { Database } from '../../src/store/database.ts';
import { testDatabase } from '../database.ts';
import { type GitHubGround, startGitHubGround } from './github-ground.fixture.ts';

let ground: GitHubGround;
let database: Database;
beforeAll(async () => {
  ground = await startGitHubGround(async () => database);
});
beforeEach(async () => {
  database = await testDatabase();
});
afterAll(() => ground?.stop());

let places = 0;

/** A work order whose repository is on GitHub, where Moose's branches require signatures. */
async function onGitHub(given: Given = {}) {
  places += 1;
  const at = await atStep(database, 'creating_pr', given);
  const there = ground.github.addRepository(`acme/published-${places}`);
  there.grant('moose', 'write');
  there.git('fetch', '--quiet', at.repository.path, '+main:refs/heads/main');
  there.notice();
  const url = there.cloneUrl.replace('://', `://x-access-token:${ground.github.tokenOf('moose')}@`);
  at.repository.git('remote', 'add', 'origin', url);
  there.requireSignatures('moose/');
  const forge = await ground.forgeOf(there.state.fullName);
  const work: Work = { ...at.work, forges: { of: async () => forge } };
  const again = async () => ({ ...(await claimedAgain(at.work)), forges: work.forges });
  const { branch } = at.routed;
  const tree = (sha: string) => there.git('rev-parse', `${sha}^{tree}`);
  const count = () => Number(there.git('rev-list', '--count', `main..${branch}`));
  return { ...at, work, again, there, branch, tree, count, forge };
}

const resultOf = (end: Awaited<ReturnType<typeof creatingPr>>) =>
  end.end === 'done' ? (end.result as CreatingPrResult) : null;

test('R-PIPE-7: a work order is published by signed commits, cycle after cycle, and its pull request shows them', async () => {
  const { work, again, there, branch, repository, routed, tree, count } = await onGitHub();
  const local = repository.git('rev-parse', branch);
  const first = resultOf(await creatingPr(work));
  expect(first?.headSha).toBe(there.git('rev-parse', branch));
  expect(tree(branch)).toBe(repository.git('rev-parse', `${local}^{tree}`));
  expect(there.state.signed).toContain(first?.headSha);
  // The commits that Moose made stay as they are.
  expect(repository.git('rev-parse', branch)).toBe(local);
  const [pull] = [...there.state.pulls.values()];
  expect(pull).toMatchObject({ headSha: first?.headSha, headBranch: branch });
  repository.git('checkout', '--quiet', branch);
  const headSha = repository.commit({ 'next.txt': 'Next\n' });
  repository.git('checkout', '--quiet', 'main');
  const treeSha = repository.git('rev-parse', `${headSha}^{tree}`);
  const next = { ...work, run: { ...work.run, cycle: 1 } };
  await leave(next, 'applying', { headSha, treeSha, agent: 'scripted', outcome: 'changed' });
  await leave(next, 'verifying', verifiedAs({ treeSha }));
  const second = resultOf(await creatingPr(await again()));
  expect([tree(branch), count()]).toEqual([treeSha, 2]);
  expect(second).toMatchObject({ number: first?.number, headSha: there.git('rev-parse', branch) });
  expect(resultOf(await creatingPr(await again()))?.headSha).toBe(second?.headSha);
  expect(there.git('rev-list', '--count', `${routed.baseSha}..${branch}`)).toBe('2');
});

test.each(['push:intended', 'push:acted', 'pull_request:intended', 'pull_request:acted'])(
  'R-PIPE-1: if Moose dies at %s, there is one signed commit and one pull request',
  async (diesAt) => {
    const { work, again, there, count } = await onGitHub({ diesAt });
    await expect(creatingPr(work)).rejects.toThrow('Moose died');
    expect(resultOf(await creatingPr(await again()))).not.toBeNull();
    expect([count(), there.state.pulls.size]).toEqual([1, 1]);
  },
);

test('R-PIPE-9: a signed commit that Moose could not record is taken back with the rest', async () => {
  const { work, again, there, branch } = await onGitHub({ diesAt: 'push:acted' });
  await expect(creatingPr(work)).rejects.toThrow('Moose died');
  expect(there.state.heads.has(branch)).toBe(true);
  expect(await undoEffects(await again())).toEqual([]);
  expect(there.state.heads.has(branch)).toBe(false);
  expect((await onRecord(work)).effects).toContain('push undone');
});

test('R-PIPE-9: a commit of the same files by somebody else is not taken back', async () => {
  const { work, again, there, branch, tree } = await onGitHub({ diesAt: 'push:intended' });
  await expect(creatingPr(work)).rejects.toThrow('Moose died');
  const theirs = there.git(
    ...['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit-tree', '-m', 'Mine', '-p', 'main'],
    tree('main'),
  );
  there.git('update-ref', `refs/heads/${branch}`, theirs);
  there.notice();
  expect(await undoEffects(await again())).toEqual([]);
  expect(there.git('rev-parse', branch)).toBe(theirs);
});
