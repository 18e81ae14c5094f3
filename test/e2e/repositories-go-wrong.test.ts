// A repository can be dirty, empty, missing, or changed by somebody else at the same time.
import { rename } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shortId } from '../../src/domain/ids.ts';
import { pullRequestOf } from '../../src/store/work/pull-requests/pull-requests.ts';
import { type Ground, openGround, stepStates, writes } from './ground.fixture.ts';
import { leftovers, nothing } from './nothing-left.fixture.ts';
import {
  branches,
  commitFiles,
  git,
  giveOrigin,
  makeRepository,
  startRemoteWithoutAnswers,
  touch,
} from './repository.fixture.ts';

let ground: Ground;
beforeAll(async () => {
  // What is away for longer than this becomes a question.
  ground = await openGround({ MOOSE_RETURN_MS: '1000' });
});
afterAll(() => ground.close());

const fresh = () => makeRepository(`${ground.directory}/${crypto.randomUUID()}`);

test.concurrent('in a dirty repository the work starts from HEAD, the person is warned, and their files stay unchanged', async () => {
  const repositoryPath = await fresh();
  await touch(repositoryPath, { 'greeting.txt': 'Half a sentence\n', 'untracked.txt': 'Mine\n' });
  const { order, warnings } = await ground.opened.moose.submit({ title: 'Dirty', repositoryPath });
  expect(warnings).toEqual([expect.stringContaining('uncommitted changes')]);
  const detail = await ground.settled(order.id);
  expect(detail).toMatchObject({ status: 'completed' });
  expect(await git(repositoryPath, 'status', '--porcelain')).toBe('M greeting.txt\n?? untracked.txt');
  expect(await git(repositoryPath, 'show', `${detail.branch}:greeting.txt`)).toBe('Hello');
});

test.concurrent('a path that is not a usable repository is refused at submission, and nothing is stored', async () => {
  const { moose } = ground.opened;
  const at = (name: string) => `${ground.directory}/${name}`;
  await git(ground.directory, 'init', '--quiet', at('no-commits'));
  await git(ground.directory, 'init', '--quiet', '--bare', at('bare.git'));
  await touch(at('plain'), { 'a.txt': 'a' });
  await git(await makeRepository(at('detached')), 'checkout', '--quiet', '--detach');
  const refusals = ['no-commits', 'bare.git', 'detached', 'plain', 'nowhere', 'plain/a.txt'].map((name) =>
    moose.submit({ title: `In ${name}`, repositoryPath: at(name) }).catch((cause: unknown) => cause),
  );
  const codes = (await Promise.all(refusals)).map((cause) => (cause as { code?: string }).code);
  expect(codes).toEqual([
    'REPOSITORY_EMPTY',
    'REPOSITORY_BARE',
    'REPOSITORY_DETACHED',
    'REPOSITORY_NOT_FOUND',
    'REPOSITORY_NOT_FOUND',
    'REPOSITORY_NOT_FOUND',
  ]);
  expect((await moose.list({ limit: 1_000 })).filter(({ title }) => title.startsWith('In '))).toEqual([]);
});

test.concurrent('R-GO-9: a repository disappears during the work, is waited for, and comes back', async () => {
  const { moose } = ground.opened;
  const repositoryPath = await fresh();
  const { id } = await ground.submit({
    repositoryPath,
    answer: async ({ attempt }) => {
      if (attempt === 1) await rename(repositoryPath, `${repositoryPath}-away`);
      return writes('a.txt', 'a\n');
    },
  });
  const explain = async () => (await moose.show(id)).explain;
  await expect.poll(explain).toMatch(/^Waiting at applying .* for a machine that can do it/);
  expect(await moose.show(id)).toMatchObject({ status: 'in_progress', failure: null });
  await rename(`${repositoryPath}-away`, repositoryPath);
  expect(await ground.settled(id)).toMatchObject({ status: 'completed' });
  await rename(repositoryPath, `${repositoryPath}-away`);
  await moose.undo(id);
  expect(await ground.settled(id)).toMatchObject({
    status: 'completed',
    failure: { code: 'UNDO_INCOMPLETE' },
  });
  await rename(`${repositoryPath}-away`, repositoryPath);
  await moose.undo(id);
  expect(await ground.settled(id)).toMatchObject({ status: 'cancelled', failure: null });
  expect(await branches(repositoryPath)).toEqual(['main']);
});

test.concurrent('R-PIPE-2: an undo that cannot reach the repository is recorded, and repeated when it is back', async () => {
  const { moose } = ground.opened;
  const repositoryPath = await fresh();
  const checks = [{ kind: 'test', command: 'false', source: 'given' }] as const;
  const { id } = await ground.submit({ repositoryPath, checks });
  expect(await ground.settled(id)).toMatchObject({ status: 'needs_review' });
  await rename(repositoryPath, `${repositoryPath}-away`);
  await moose.undo(id);
  expect(await ground.settled(id)).toMatchObject({
    status: 'needs_review',
    failure: { code: 'UNDO_INCOMPLETE' },
  });
  expect(await stepStates(ground, id)).toEqual(
    expect.arrayContaining(['rolling_back', 'rollback_pending', 'manual_intervention_required']),
  );
  await rename(`${repositoryPath}-away`, repositoryPath);
  await moose.undo(id);
  expect(await ground.settled(id)).toMatchObject({ status: 'cancelled', failure: null });
  expect(await branches(repositoryPath)).toEqual(['main']);
});

test.concurrent.each([
  ['is not there', 'REMOTE_MISSING'],
  ['does not answer', 'REMOTE_UNREACHABLE'],
])(
  'R-GO-9: a remote that %s for longer than Moose waits becomes one question, the branch is kept, and publishing continues once the remote works',
  async (_, code) => {
    const repositoryPath = await fresh();
    const origin = await giveOrigin(repositoryPath);
    const remote = await startRemoteWithoutAnswers();
    await git(
      repositoryPath,
      'remote',
      'set-url',
      'origin',
      code === 'REMOTE_UNREACHABLE' ? remote.url : '/nowhere/origin.git',
    );
    const { id } = await ground.submit({ repositoryPath });
    const detail = await ground.settled(id);
    await remote.stop();
    expect(detail).toMatchObject({ status: 'needs_review', step: 'creating_pr', failure: { code } });
    expect(JSON.stringify(detail.escalation)).toContain('did not come back within the time');
    // However often Moose looked, the first ten looks in vain and the last one are recorded.
    const recorded = detail.errors.filter(({ code: found }) => found === code).length;
    expect(recorded).toBeGreaterThan(1);
    expect(recorded).toBeLessThanOrEqual(11);
    if (code === 'REMOTE_UNREACHABLE') expect(remote.asked()).toBeGreaterThan(1);
    expect(await stepStates(ground, id)).toContain('retrying');
    const head = await git(repositoryPath, 'rev-parse', detail.branch ?? '');
    await git(repositoryPath, 'remote', 'set-url', 'origin', origin);
    await ground.opened.moose.retry(id, { from: 'creating_pr' });
    expect(await ground.settled(id)).toMatchObject({ status: 'completed', escalation: null });
    expect(await git(origin, 'rev-parse', detail.branch ?? '')).toBe(head);
    expect(ground.callsFor(id)).toBe(1);
  },
);

test.concurrent('a branch with the same name that somebody else pushed is left alone', async () => {
  const repositoryPath = await fresh();
  const origin = await giveOrigin(repositoryPath);
  let theirs = '';
  const { id, title } = await ground.submit({
    repositoryPath,
    answer: async ({ workOrderId }) => {
      const branch = `moose/${shortId(workOrderId ?? '')}-${title.toLowerCase().replaceAll(' ', '-')}`;
      theirs = await pushAs(repositoryPath, origin, branch);
      return writes('ours.txt', 'Ours\n');
    },
    title: 'Taken',
  });
  const detail = await ground.settled(id);
  expect(detail).toMatchObject({
    status: 'needs_review',
    step: 'creating_pr',
    failure: { code: 'REMOTE_REJECTED' },
  });
  expect(await git(origin, 'rev-parse', detail.branch ?? '')).toBe(theirs);
  await git(origin, 'branch', '-D', detail.branch ?? '');
  await ground.opened.moose.retry(id, {});
  expect(await ground.settled(id)).toMatchObject({ status: 'completed' });
});

async function pushAs(repositoryPath: string, origin: string, branch: string): Promise<string> {
  const clone = `${repositoryPath}-theirs`;
  await git(ground.directory, 'clone', '--quiet', origin, clone);
  const theirs = await commitFiles(clone, { 'theirs.txt': 'Theirs\n' }, 'Theirs');
  await git(clone, 'push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`);
  return theirs;
}

test.concurrent('the base gets new commits during the work, and the change is still merged', async () => {
  const repositoryPath = await fresh();
  const origin = await giveOrigin(repositoryPath);
  const { id } = await ground.submit({
    repositoryPath,
    answer: async () => {
      await commitFiles(repositoryPath, { 'moved-on.txt': 'On\n' }, 'The base moves on');
      await git(repositoryPath, 'push', '--quiet', 'origin', 'main');
      return writes('ours.txt', 'Ours\n');
    },
  });
  expect(await ground.settled(id)).toMatchObject({ status: 'completed' });
  await ground.opened.moose.merge(id);
  expect(await git(origin, 'ls-tree', '--name-only', 'main')).toContain('moved-on.txt\nours.txt');
});

test.concurrent('R-PIPE-7: the base branch is deleted during the work: nothing is lost, no pull request lacks a base, and a retry continues', async () => {
  const repositoryPath = await fresh();
  const origin = await giveOrigin(repositoryPath);
  const base = await git(repositoryPath, 'rev-parse', 'main');
  const { id } = await ground.submit({
    repositoryPath,
    answer: async () => {
      await git(origin, 'update-ref', '-d', 'refs/heads/main');
      await git(repositoryPath, 'checkout', '--quiet', '-b', 'elsewhere');
      await git(repositoryPath, 'branch', '--quiet', '-D', 'main');
      return writes('ours.txt', 'Ours\n');
    },
  });
  const detail = await ground.settled(id);
  expect(detail).toMatchObject({
    status: 'needs_review',
    step: 'creating_pr',
    failure: { code: 'BASE_BRANCH_MISSING' },
    explain: expect.stringContaining('The base branch main does not exist in'),
  });
  expect(await git(origin, 'show', `${detail.branch}:ours.txt`)).toBe('Ours');
  await git(repositoryPath, 'push', '--quiet', 'origin', `${base}:refs/heads/main`);
  await ground.opened.moose.retry(id, {});
  expect(await ground.settled(id)).toMatchObject({ status: 'completed', failure: null });
  await ground.opened.moose.merge(id);
  expect(await git(origin, 'show', 'main:ours.txt')).toBe('Ours');
  expect(ground.callsFor(id)).toBe(1);
});

test.concurrent('R-PIPE-11: of two changes to the same line the second one conflicts, and the suggested command repeats it', async () => {
  const { moose } = ground.opened;
  const repositoryPath = await fresh();
  const origin = await giveOrigin(repositoryPath);
  const submitted = await Promise.all(
    ['Hi', 'Bonjour'].map((word) =>
      ground.submit({
        repositoryPath,
        title: `Say ${word}`,
        answer: () => writes('greeting.txt', `${word}\n`),
      }),
    ),
  );
  const [first, second] = await Promise.all(submitted.map(({ id }) => ground.settled(id)));
  expect([first?.status, second?.status]).toEqual(['completed', 'completed']);
  await moose.merge(first?.id ?? '');
  const head = await git(origin, 'rev-parse', 'main');
  const id = second?.id ?? '';
  await expect(moose.merge(id)).rejects.toMatchObject({
    code: 'MERGE_CONFLICT',
    advice: expect.stringContaining(`\`moose retry ${shortId(id)}\``),
  });
  expect(await git(origin, 'rev-parse', 'main')).toBe(head);
  const [again, twice] = await Promise.all([moose.retry(id, {}), moose.retry(id, {})]);
  expect(again.id).not.toBe(id);
  expect(twice.id).toBe(again.id);
  const done = await ground.settled(again.id);
  // The user's own checkout does not have what was merged in the remote.
  expect(done).toMatchObject({ status: 'completed', title: 'Say Bonjour' });
  expect(await git(repositoryPath, 'rev-parse', `${done.branch}~1`)).toBe(head);
  await moose.merge(again.id);
  expect(await git(origin, 'show', 'main:greeting.txt')).toBe('Bonjour');
  expect((await moose.view(id)).status).toBe('completed');
  await moose.undo(id);
  expect(await ground.settled(id)).toMatchObject({ status: 'cancelled', failure: null });
});

const titles = [
  '--upload-pack=touch pwned',
  '$(touch pwned); `touch pwned` && touch pwned | rm -rf . "\'\\',
  'Two\nlines\r\nand\ta tab',
  '🦌 Rentier, déjà vu, 漢字',
  '🦌',
  '\u001b[31mred\u001b[0m \u001b]0;owned\u0007 \u001b[2J',
  'photo\u202egnp.exe and \u2066a\u200bdmin\u2069',
  '../../../etc/passwd.lock',
  "'; drop table work_orders; --",
  'HEAD',
  `Half a pair: \ud83e`,
  'x'.repeat(500),
];

test.concurrent.each(titles.map((title) => [JSON.stringify(title).slice(0, 40), title] as const))(
  'a title like %s is a title and nothing else',
  async (_, title) => {
    const repositoryPath = await fresh();
    const { order } = await ground.opened.moose.submit({
      title,
      description: title,
      acceptance: title,
      repositoryPath,
      checks: [{ kind: 'test', command: 'test ! -e pwned', source: 'given' }],
    });
    const detail = await ground.settled(order.id);
    expect(detail).toMatchObject({ status: 'completed' });
    expect(
      await git(
        repositoryPath,
        'log',
        '-1',
        '--format=%(trailers:key=Moose-Work-Order,valueonly)',
        detail.branch ?? '',
      ),
    ).toBe(order.id);
    expect((await branches(repositoryPath)).length).toBe(2);
    const pullRequest = await ground.opened.database.run((query) => pullRequestOf(query, order.id));
    const told = `${pullRequest?.title}\n${pullRequest?.body}\n${await git(repositoryPath, 'log', '-1', '--format=%B', detail.branch ?? '')}`;
    expect(told).not.toMatch(/[^\P{Cc}\n\t]|\p{Bidi_Control}|\u200b/u);
    expect(pullRequest?.title).not.toContain('\n');
    expect(detail.branch).toMatch(/^moose\/[0-9a-f]{8}[a-z0-9-]*$/);
  },
);

test('at the end no money is reserved, and no process or worktree is left', async () => {
  expect(await leftovers(ground.opened.database, ground.config.dataDirectory)).toEqual(nothing);
});
