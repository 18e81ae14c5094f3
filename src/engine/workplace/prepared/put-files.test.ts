// A person's ignored files are in the worktrees of work orders, but in no change (R-PROJ-3).
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { shortId } from '../../../domain/ids.ts';
import { gitIn, scratchDirectory, writeFiles } from '../../../git/scratch-repository.fixture.ts';
import { applying } from '../../pipeline/applying/applying.ts';
import { preparing } from '../../pipeline/preparing/preparing.ts';
import { leave } from '../../pipeline/scratch-pipeline.fixture.ts';
import { scriptedAgent } from '../../pipeline/scripted-agent.fixture.ts';
import { verifying } from '../../pipeline/verifying/verifying.ts';
import { findCopiedFiles } from '../../run/copied-files.ts';
import { type Prepared, preparedProject } from './prepared-project.fixture.ts';
import { copyFiles } from './put-files.ts';

const shared = sharedDatabase();
const text = 'SETTING=only on this machine\n';
const named = { '.gitignore': 'deps\n.env*\n', '.worktreeinclude': '.env.test\n' };
/** The setup needs the file, for example to migrate a database. */
const npm = 'test -f .env.test && mkdir -p deps && cp .env.test deps/made && echo run >> "$COUNT"';

async function ground(
  given: Parameters<typeof preparedProject>[1] = {},
  own: Record<string, string> = { '.env.test': text },
) {
  const at = await preparedProject(shared(), { npm, ...given, files: { ...named, ...given?.files } });
  writeFiles(at.repository.path, own);
  return at;
}

const brief = { proposal: null, brief: 'do it', model: null, attempts: 0 };

/** Runs the agent and the checks; returns the end of each. */
async function through(at: Prepared) {
  const prepared = await preparing({ ...at.work });
  await leave(at.work, 'preparing', {});
  await leave(at.work, 'generating', brief);
  const applied = await applying({ ...at.work });
  if (applied.end !== 'done') return { prepared, applied, verified: null };
  await leave(at.work, 'applying', applied.result);
  return { prepared, applied, verified: await verifying({ ...at.work }) };
}

const agentThat = (script: string) => scriptedAgent(`${script}; echo says success`, { writesCode: true });

test('R-PROJ-3: setup, agent and checks find the files, and the change does not contain them', async () => {
  const agent = agentThat(
    'cp .gitignore seen.txt; grep -q "only on this machine" .env.test && echo x > made.txt',
  );
  const at = await ground({ agents: [agent] });
  at.work.project.settings.checks?.push({ kind: 'lint', command: 'grep -q only .env.test', source: 'given' });
  const { prepared, applied, verified } = await through(at);
  expect(prepared).toMatchObject({
    result: { way: 'setup', copied: { names: ['.env.test'], total: 1, leftOut: [], problem: null } },
  });
  expect(applied).toMatchObject({ end: 'done', result: { outcome: 'changed', changedFiles: 2 } });
  expect(verified).toMatchObject({ result: { isVerified: true } });
  const worktree = await at.path('.');
  expect(gitIn(worktree, 'ls-tree', '-r', '--name-only', 'HEAD').split('\n')).not.toContain('.env.test');
  expect(gitIn(worktree, 'status', '--porcelain')).toBe('');
});

test.each([
  ['does not ignore it any more', 'echo deps > .gitignore; echo x > made.txt'],
  ['adds it by force and commits it', 'git add -f .env.test; git commit -qm x; echo x > made.txt'],
  ['changes it', 'echo deps > .gitignore; echo MORE=1 >> .env.test; echo x > made.txt'],
])('fear: an agent that %s publishes it', async (_, script) => {
  const at = await ground({ agents: [agentThat(script)] });
  const { applied } = await through(at);
  expect(applied).toMatchObject({ end: 'done', result: { outcome: 'changed' } });
  const worktree = await at.path('.');
  expect(gitIn(worktree, 'ls-tree', '-r', '--name-only', 'HEAD').split('\n')).not.toContain('.env.test');
  expect(gitIn(worktree, 'log', '--format=%H', 'HEAD', '--', '.env.test')).toBe('');
});

test('fear: an agent publishes a copy of it under another name', async () => {
  const at = await ground({ agents: [agentThat('cp .env.test src.txt')] });
  await expect(through(at)).rejects.toMatchObject({
    code: 'FORBIDDEN_CHANGE',
    message: expect.stringContaining('a copy of .env.test'),
  });
});

test('a copy of what is committed anyway is no secret', async () => {
  const at = await ground({
    agents: [agentThat('cp .env.test more.txt')],
    files: { 'example.txt': text },
  });
  expect((await through(at)).applied).toMatchObject({ end: 'done', result: { outcome: 'changed' } });
});

test('R-PROJ-3: other content is another entry, and no entry keeps the file', async () => {
  const first = await ground();
  await preparing(first.work);
  const second = await first.another();
  expect(await preparing(second.work)).toMatchObject({ result: { way: 'cache' } });
  expect(await second.read('.env.test')).toBe(text);
  const { dataDirectory } = first.work.settings;
  const kept = join(dataDirectory, 'prepared', first.work.project.id);
  expect(filesBelow(kept).filter((path) => path.includes('.env'))).toEqual([]);
  writeFiles(first.repository.path, { '.env.test': 'SETTING=another one\n' });
  const third = await first.another();
  expect(await preparing(third.work)).toMatchObject({ result: { way: 'setup' } });
  expect(await third.read('deps/made')).toBe('SETTING=another one\n');
});

test('a setup that changes such a file fills no entry: the next work order would get another one', async () => {
  const at = await ground({ npm: `${npm}; echo CHANGED=1 >> .env.test` });
  expect(await preparing(at.work)).toMatchObject({ result: { way: 'setup' } });
  expect(await preparing((await at.another()).work)).toMatchObject({ result: { way: 'setup' } });
});

test('R-PROJ-3: files without a setup are copied too, for the agent and again for the checks', async () => {
  const agent = agentThat('grep -q only .env.test && echo x > made.txt; rm .env.test');
  const at = await ground({ agents: [agent] });
  const check = { kind: 'test' as const, command: 'grep -q only .env.test', source: 'given' };
  at.work.project.settings.checks = [check];
  const { prepared, applied, verified } = await through(at);
  expect(prepared).toMatchObject({ result: { way: 'nothing', copied: { total: 1 } } });
  expect(applied).toMatchObject({ result: { outcome: 'changed' } });
  expect(verified).toMatchObject({ result: { isVerified: true } });
});

test('R-PROJ-6: the base is checked with the same files: what lacks them there is not taken for red before', async () => {
  const at = await ground({ agents: [agentThat('echo broken > made.txt')] });
  const check = {
    kind: 'test' as const,
    command: 'grep -q only .env.test && test ! -f made.txt',
    source: 'given',
  };
  at.work.project.settings.checks = [check];
  expect((await through(at)).verified).toMatchObject({ end: 'refine' });
});

test('R-SEC-5: fear: a link that the commit has in the place of a folder leads a copy elsewhere', async () => {
  const at = await ground(
    { files: { '.gitignore': 'deps\nlocal/x\n', '.worktreeinclude': 'local/x\n' } },
    {},
  );
  const { repository } = at;
  symlinkSync('other', join(repository.path, 'local'));
  const baseSha = repository.commit({ 'other/file': 'x\n' });
  rmSync(join(repository.path, 'local'));
  writeFiles(repository.path, { 'local/x': text });
  const { project } = at.work;
  const copied = await findCopiedFiles({ project, commit: baseSha });
  expect(copied?.files.map(({ path }) => path)).toEqual(['local/x']);
  const worktree = join(scratchDirectory(), 'worktree');
  repository.git('worktree', 'add', '--quiet', '--detach', worktree, baseSha);
  await copyFiles(worktree, copied, at.work.signal);
  expect(readdirSync(join(worktree, 'other'))).toEqual(['file']);
});

test('a file that changes while it is copied stops the copy: the key of the cache would name another content', async () => {
  const at = await ground();
  const { project } = at.work;
  const copied = await findCopiedFiles({ project, commit: at.repository.headSha });
  const worktree = join(scratchDirectory(), 'worktree');
  at.repository.git('worktree', 'add', '--quiet', '--detach', worktree, 'main');
  writeFiles(at.repository.path, { '.env.test': 'SETTING=changed meanwhile\n' });
  const again = { code: 'PROJECT_FILE_CHANGED', category: 'transient' };
  await expect(copyFiles(worktree, copied, at.work.signal)).rejects.toMatchObject(again);
  rmSync(join(at.repository.path, '.env.test'));
  await expect(copyFiles(worktree, copied, at.work.signal)).rejects.toMatchObject(again);
  expect(readdirSync(worktree)).not.toContain('.env.test');
});

test('fear: a log that keeps growing stops every work order', async () => {
  const at = await ground();
  const { project } = at.work;
  const copied = await findCopiedFiles({ project, commit: at.repository.headSha });
  const worktree = join(scratchDirectory(), 'worktree');
  at.repository.git('worktree', 'add', '--quiet', '--detach', worktree, 'main');
  appendFileSync(join(at.repository.path, '.env.test'), 'one more line\n');
  await copyFiles(worktree, copied, at.work.signal);
  expect(readFileSync(join(worktree, '.env.test'), 'utf8')).toBe(text);
});

test.each([
  ['a pipe', (path: string) => execFileSync('mkfifo', [path])],
  ['a link', (path: string) => symlinkSync('/etc/passwd', path)],
  ['a folder', (path: string) => mkdirSync(path)],
  ['a socket', listenAt],
])(
  'fear: %s that takes the place of a file while it is copied stops or misleads the copy',
  async (_, put) => {
    const at = await ground();
    const copied = await findCopiedFiles({ project: at.work.project, commit: at.repository.headSha });
    const worktree = join(scratchDirectory(), 'worktree');
    at.repository.git('worktree', 'add', '--quiet', '--detach', worktree, 'main');
    const path = join(at.repository.path, '.env.test');
    rmSync(path);
    await put(path);
    await expect(copyFiles(worktree, copied, at.work.signal)).rejects.toMatchObject({
      code: 'PROJECT_FILE_CHANGED',
    });
    expect(readdirSync(worktree)).not.toContain('.env.test');
  },
);

test.each([
  ['a link', 'rm .env.test && ln -s /etc/passwd .env.test'],
  ['a pipe', 'rm .env.test && mkfifo .env.test'],
])('a setup that puts %s in the place of a copied file keeps no result', async (_, change) => {
  const at = await ground({ npm: `${npm} && ${change}` });
  expect(await preparing(at.work)).toMatchObject({ result: { way: 'setup' } });
  expect(await preparing((await at.another()).work)).toMatchObject({ result: { way: 'setup' } });
});

test('a file that only the checkout ignores is not copied, and does not stop the cache', async () => {
  const at = await ground({ npm: 'mkdir -p deps && echo > deps/made', files: { '.gitignore': 'deps\n' } });
  writeFiles(at.repository.path, { '.gitignore': 'deps\n.env*\n' });
  expect(await preparing(at.work)).toMatchObject({ result: { way: 'setup' } });
  expect(readdirSync(await at.path('.'))).not.toContain('.env.test');
  expect(await preparing((await at.another()).work)).toMatchObject({ result: { way: 'cache' } });
});

test('fear: with a damaged record of what was copied, a change that contains it is published', async () => {
  const at = await ground({ agents: [agentThat('cp .env.test src.txt')] });
  await preparing({ ...at.work });
  const record = join(at.work.settings.dataDirectory, 'homes', shortId(at.work.order.id), 'copied.json');
  writeFileSync(record, '[{"path":');
  await expect(through(at)).rejects.toMatchObject({ code: 'WORKTREE_RECORD_DAMAGED' });
});

async function listenAt(path: string): Promise<void> {
  const server = createServer();
  onTestFinished(() => void server.close());
  server.listen(path);
  await once(server, 'listening');
}

const filesBelow = (folder: string) => readdirSync(folder, { recursive: true }).map(String);
