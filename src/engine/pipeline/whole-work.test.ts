// Fear: a person is asked about work that is whole, or work that is not whole is published (R-REPO-1, R-REPO-5).

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { shortId } from '../../domain/ids.ts';
import { leftOutSentence } from '../../domain/machine/ignored-files.ts';
import type { ApplyingResult, RoutingResult } from '../../domain/work-order/step-result.ts';
import { eventsOf } from '../../store/work/work-orders/work-orders.ts';
import type { StepEnd } from '../run/work.ts';
import { ensureWorktreePlace } from '../workplace/worktree/worktree-place.ts';
import { applying } from './applying/applying.ts';
import { isTurnKept } from './applying/interrupted-turn.ts';
import { atStep, claimedAgain, type Given } from './scratch-pipeline.fixture.ts';
import { scriptedAgent } from './scripted-agent.fixture.ts';
import { refuseMarks } from './verifying/refuse-marks.ts';

const shared = sharedDatabase();
const git = 'git -c user.name=a -c user.email=a@b';
const commit = `${git} commit -q`;

const ground = (script: string, given: Given = {}) =>
  atStep(shared(), 'applying', {
    agents: [scriptedAgent(`${script}; echo says success made it`, { writesCode: true })],
    ...given,
  });

function resultOf(end: StepEnd<'applying'>): ApplyingResult {
  if (end.end !== 'done' && end.end !== 'refine') throw new Error(`It ended as ${end.end}`);
  return end.result;
}

test.each([
  ['on no branch', `git checkout -q --detach; echo 1 > a.txt; git add -A; ${commit} -m A; echo 2 > b.txt`],
  [
    'on a branch of its own',
    `git checkout -qb mine; echo 1 > a.txt; git add -A; ${commit} -m A; echo 2 > b.txt`,
  ],
  ['after it has stashed and applied', 'echo 1 > a.txt; git stash -uq; git stash pop -q; echo 2 > b.txt'],
  ['with a repository that it made', 'rm -rf .git; git init -q; echo 1 > a.txt; echo 2 > b.txt'],
  [
    'in the middle of a rebase that it resolved',
    `echo 1 > a.txt; echo 2 > b.txt; git add -A; ${commit} -m A; mkdir .git/rebase-merge`,
  ],
])('an agent that ends %s has its files taken', async (_, script) => {
  const at = await ground(script);
  const { headSha, outcome } = resultOf(await applying(at.work));
  expect(outcome).toBe('changed');
  expect(at.repository.git('show', `${headSha}:a.txt`, `${headSha}:b.txt`)).toBe('1\n2');
  expect(at.repository.git('rev-parse', `${headSha}^`)).toBe(at.routed.baseSha);
});

test('what git ignores is named and kept, and not part of the change', async () => {
  const files = { '.gitignore': 'lib/\n*.local\nnode_modules/\n', 'a.txt': 'a', 'src/b.txt': 'b' };
  const at = await ground(
    'mkdir -p src/lib node_modules/x; echo 42 > src/lib/util.js; echo k > my.local; echo x > node_modules/x/i.js; echo b > a.txt',
    { files },
  );
  const { headSha, ignored } = resultOf(await applying(at.work));
  const ref = `refs/moose/preserved/${shortId(at.work.order.id)}`;
  expect(ignored).toEqual({ paths: ['my.local', 'src/lib'], count: 2, keptUnder: ref });
  expect(leftOutSentence({ ignored })).toContain('src/lib, which git ignores');
  expect(at.repository.git('show', `${ref}:src/lib/util.js`)).toBe('42');
  expect(at.repository.git('ls-tree', '-r', '--name-only', headSha)).toBe('.gitignore\na.txt\nsrc/b.txt');
});

test('an agent that made only what git ignores is told which files', async () => {
  const at = await ground('mkdir out; echo 1 > out/page.html', { files: { '.gitignore': 'out\n' } });
  const end = await applying(at.work);
  expect(end).toMatchObject({ end: 'refine', failure: { code: 'AGENT_CHANGED_NOTHING' } });
  expect(resultOf(end).feedback?.summary).toContain('The agent made out, which git ignores');
});

test('R-REPO-5: what an agent writes into git changes nothing for the person, who is told once', async () => {
  const at = await ground(
    `echo 1 > a.txt; git config core.hooksPath .hooks; echo x > .git/hooks/pre-push; ${git} stash -uq; git stash apply -q; git tag v9`,
  );
  const before = at.repository.git('config', '--list', '--local');
  resultOf(await applying(at.work));
  const events = await eventsOf(at.work.database.query, at.work.order.id);
  expect(events.filter(({ kind }) => kind === 'git.written')).toMatchObject([
    {
      actor: 'scripted',
      reason: 'setting core.hookspath; hook pre-push; 1 stash; ref refs/tags/v9',
      detail: { settings: ['core.hookspath'], hooks: ['pre-push'], refs: ['refs/tags/v9'], stashes: 1 },
    },
  ]);
  expect(at.repository.git('config', '--list', '--local')).toBe(before);
  expect(at.repository.git('tag', '--list') + at.repository.git('stash', 'list')).toBe('');
});

test('the ignore list of a person does not decide what is part of the change', async () => {
  const at = await ground('echo 1 > notes.md');
  at.repository.write({ '.git/info/exclude': 'notes.md\n' });
  const { headSha } = resultOf(await applying(at.work));
  expect(at.repository.git('ls-tree', '--name-only', headSha)).toContain('notes.md');
});

/** A branch of the project that conflicts with what the agent is about to do. */
const files = { 'a.txt': 'base\n', 'gone.txt': 'base\n' };

async function marksIn(script: string, given: Record<string, string> = files) {
  const at = await ground(script, { files: given });
  const end = await applying(at.work);
  const applied = resultOf(end);
  return refuseMarks(at.work, at.routed as RoutingResult, applied);
}

const conflict = (other: string, own: string) =>
  `git checkout -qb other; ${other}; git add -A; ${commit} -m O; git checkout -q -; ${own}; git add -A; ${commit} -m M; ${git} merge -q other || true`;

test('conflict marks and unfinished merges go back to the agent; resolved ones, and marks of the base, do not', async () => {
  const both = conflict('echo theirs > a.txt', 'echo ours > a.txt');
  expect(await marksIn(both)).toMatchObject({
    end: 'refine',
    failure: { message: expect.stringContaining('a.txt') },
  });
  expect(await marksIn(`${both}; echo both > a.txt`)).toBeUndefined();
  const pick = `git checkout -qb other; echo theirs > a.txt; ${commit} -am O; git checkout -q -; echo ours > a.txt; ${commit} -am M; ${git} cherry-pick other || true`;
  expect(await marksIn(pick)).toMatchObject({ end: 'refine' });
  const deleted = conflict('git rm -q gone.txt', 'echo ours > gone.txt');
  expect(await marksIn(deleted)).toMatchObject({
    end: 'refine',
    failure: { message: 'A merge was left unfinished, in conflict at gone.txt.' },
  });
  const text = '<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n';
  expect(await marksIn('echo more >> guide.md', { 'guide.md': text })).toBeUndefined();
});

test('after a refused change the agent goes on where it was, and its files are there', async () => {
  const at = await ground('mkdir app; cd app; git init -q; echo 1 > index.js');
  await expect(applying(at.work)).rejects.toMatchObject({ code: 'FORBIDDEN_CHANGE' });
  const again = await claimedAgain(at.work, {
    agents: new Map([
      ['scripted', scriptedAgent('rm -rf app/.git; echo says success ok', { writesCode: true })],
    ]),
  });
  const failure = { code: 'FORBIDDEN_CHANGE', message: 'app/', advice: '' };
  const run = { ...again.run, cycle: 1, settings: { ...again.run.settings, failure } };
  const answered = { ...again, run };
  const { worktreePath } = await ensureWorktreePlace(answered, at.routed, at.routed.baseSha);
  expect(existsSync(join(worktreePath, 'app/index.js'))).toBe(true);
  const [agent] = again.agents.values();
  const place = { worktreePath, isNew: false };
  expect(await isTurnKept(answered, agent ?? expect.unreachable(), 1, place)).toBe(true);
  const { headSha } = resultOf(await applying(answered));
  expect(at.repository.git('show', `${headSha}:app/index.js`)).toBe('1');
});
