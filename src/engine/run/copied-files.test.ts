import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { scratchDirectory, scratchRepository, writeFiles } from '../../git/scratch-repository.fixture.ts';
import { findCopiedFiles, likelySecretsIn, shownFiles } from './copied-files.ts';

const nobody = 65_534;
const ignore = { '.gitignore': '.env*\n!.env.example\nlocal/\nnode_modules/\n' };

/** A repository that names files, with a person's ignored files in its checkout. */
function ground(
  committed: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string | Buffer>> = {},
  settings: { files?: string[] } = {},
) {
  const repository = scratchRepository({ ...ignore, ...committed });
  writeFiles(repository.path, own);
  const project = { repositoryPath: repository.path, remoteUrl: null, settings };
  const find = (commit = repository.headSha) => findCopiedFiles({ project, commit });
  return { repository, find, project };
}

const namesOf = async (found: ReturnType<typeof findCopiedFiles>) =>
  (await found)?.files.map(({ path }) => path).sort();

test('R-PROJ-3: ignored files that the commit names are found, by the patterns of .gitignore', async () => {
  const named = { '.worktreeinclude': '# local settings\n.env*\n!.env.production\nlocal/**/*.json\n' };
  const own = { '.env': 'A=1', '.env.test': 'B=2', '.env.production': 'C=3' };
  const more = { 'local/a.json': '{}', 'local/deep/b.json': '{}', 'local/c.txt': '' };
  const { find } = ground(named, { ...own, ...more });
  expect(await namesOf(find())).toEqual(['.env', '.env.test', 'local/a.json', 'local/deep/b.json']);
});

test('R-PROJ-3: `files` of the configuration names files too, and a setting of a person replaces both', async () => {
  const named = { '.worktreeinclude': '.env\n', '.moose/config.yml': 'files: [".env.test"]\n' };
  const own = { '.env': 'A=1', '.env.test': 'B=2', '.env.ci': 'C=3' };
  expect(await namesOf(ground(named, own).find())).toEqual(['.env', '.env.test']);
  expect(await namesOf(ground(named, own, { files: ['.env.ci'] }).find())).toEqual(['.env.ci']);
  expect(await ground(named, own, { files: [] }).find()).toBeNull();
  expect(await ground({}, own).find()).toBeNull();
});

test('fear: a change, or what lies uncommitted in the checkout, names more files', async () => {
  const { find, repository } = ground(
    { '.worktreeinclude': '.env.test\n' },
    { '.env': 'A=1', '.env.test': 'B' },
  );
  repository.write({ '.worktreeinclude': '.env\n' });
  expect(await namesOf(find())).toEqual(['.env.test']);
});

test('fear: a file that git does not ignore, or that a commit has, is copied', async () => {
  const named = { '.worktreeinclude': '*\n', 'README.md': 'x', '.env.example': 'A=' };
  const { find } = ground(named, { 'notes.txt': 'private', '.env': 'A=1' });
  expect(await namesOf(find())).toEqual(['.env']);
});

test('a file that the commit has, although it is not in the checkout, is left out', async () => {
  const { find, repository } = ground({ '.worktreeinclude': '.env\n' });
  repository.write({ '.env': 'A=1' });
  repository.git('add', '--force', '.env');
  repository.git('commit', '--quiet', '-m', 'add');
  const tracked = repository.git('rev-parse', 'HEAD');
  repository.git('rm', '--quiet', '--cached', '.env');
  expect(await find(tracked)).toMatchObject({
    files: [],
    leftOut: [{ path: '.env', because: 'the commit has it' }],
  });
});

test('R-SEC-5: fear: a link leads out of the checkout, and what is behind it is copied', async () => {
  const outside = scratchDirectory();
  writeFileSync(join(outside, 'secret'), 'mine\n');
  const { find, repository } = ground({ '.worktreeinclude': '.env*\nlocal\n' }, { '.env.test': 'x' });
  symlinkSync(join(outside, 'secret'), join(repository.path, '.env'));
  symlinkSync('../../secret', join(repository.path, '.env.up'));
  symlinkSync('.git/config', join(repository.path, '.env.git'));
  symlinkSync('.env.test', join(repository.path, '.env.near'));
  symlinkSync(outside, join(repository.path, 'local'));
  const found = await find();
  expect(found?.files.map(({ path, kind }) => `${path} ${kind}`).sort()).toEqual([
    '.env.near link',
    '.env.test file',
  ]);
  expect(found?.leftOut.map(({ path }) => path).sort()).toEqual(['.env', '.env.git', '.env.up']);
});

test('fear: a pipe, a repository inside, or git’s own files are read', async () => {
  const { find, repository } = ground({ '.worktreeinclude': '.env*\nlocal\n.git\n*config*\n' });
  mkdirSync(join(repository.path, 'local'));
  execFileSync('mkfifo', [join(repository.path, 'local/pipe')]);
  execFileSync('git', ['init', '--quiet', join(repository.path, 'local/inner')]);
  writeFileSync(join(repository.path, 'local/inner/secret'), 'x');
  expect(await namesOf(find())).toEqual([]);
});

test('two names of one file are two files', async () => {
  const { find, repository } = ground({ '.worktreeinclude': '.env*\n' }, { '.env': 'A=1' });
  linkSync(join(repository.path, '.env'), join(repository.path, '.env.twin'));
  expect(await namesOf(find())).toEqual(['.env', '.env.twin']);
});

test('fear: a pattern for everything copies a gigabyte', async () => {
  const large = ground({ '.worktreeinclude': 'local/\n' }, { 'local/a': '', 'local/b': '' });
  for (const name of ['a', 'b']) truncateSync(join(large.repository.path, 'local', name), 60 * 1024 ** 2);
  const refused = { code: 'PROJECT_FILES_TOO_LARGE', message: expect.stringContaining('.worktreeinclude') };
  await expect(large.find()).rejects.toMatchObject(refused);
  const many = ground({ '.worktreeinclude': '*\n' });
  mkdirSync(join(many.repository.path, 'node_modules'));
  for (let number = 0; number < 1_001; number++)
    writeFileSync(join(many.repository.path, 'node_modules', `${number}`), '');
  await expect(many.find()).rejects.toMatchObject(refused);
});

test('R-PROJ-3: a remote, and a bare repository, have no checkout: it is said what to do instead', async () => {
  const { repository, project } = ground({ '.worktreeinclude': '.env\n' }, { '.env': 'A=1' });
  const bare = join(scratchDirectory(), 'bare.git');
  repository.git('clone', '--quiet', '--bare', repository.path, bare);
  const commit = repository.headSha;
  const remote = { ...project, remoteUrl: 'https://example.org/a' };
  for (const each of [remote, { ...project, repositoryPath: bare }]) {
    const found = await findCopiedFiles({ project: each, commit });
    expect(found).toMatchObject({ checkout: null, files: [] });
    expect(found && shownFiles(found).problem).toContain('moose project variable set');
  }
});

test('a file with patterns that cannot be read stops the work order, with what to do', async () => {
  const large = ground({ '.worktreeinclude': `# ${'x'.repeat(70_000)}\n` });
  await expect(large.find()).rejects.toMatchObject({ code: 'WORKTREEINCLUDE_INVALID' });
  const { repository, find } = ground({});
  symlinkSync('/etc/passwd', join(repository.path, '.worktreeinclude'));
  repository.git('add', '--all');
  repository.git('commit', '--quiet', '-m', 'link');
  await expect(find(repository.git('rev-parse', 'HEAD'))).rejects.toMatchObject({
    code: 'WORKTREEINCLUDE_INVALID',
    message: expect.stringContaining('symbolic link'),
  });
});

test('a person is told which files seem to hold secrets, by their names or contents', async () => {
  const token = ['ghp', 'a1B2'.repeat(9)].join('_');
  const own = { '.env': 'A=1', '.env.test': 'A=1', '.env.ci': `T=${token}`, 'local/server.pem': 'x' };
  const { find } = ground({ '.worktreeinclude': '.env*\nlocal/\n' }, { ...own, 'local/data.json': '{}' });
  const found = await find();
  expect(found && (await likelySecretsIn(found)).sort()).toEqual(['.env', '.env.ci', 'local/server.pem']);
});

test('fear: a file name with a new line or a control character forges lines of what a person reads', async () => {
  const { find } = ground(
    { '.worktreeinclude': 'local/\n' },
    { 'local/a\n  prepared: yes': 'x', 'local/key.pem\u001b[2J.key': 'x' },
  );
  const found = await find();
  if (!found) throw new Error('Nothing was found');
  const told = [...shownFiles(found).names, ...(await likelySecretsIn(found))].join(' ');
  expect(told).not.toMatch(/\p{Cc}/u);
  expect(told).toContain('local/a\\n  prepared: yes');
  expect(found.files.map(({ path }) => path)).toContain('local/a\n  prepared: yes');
});

test('a file that is gone, or is something else, when it is searched for secrets is no failure', async () => {
  const { find, repository } = ground({ '.worktreeinclude': 'local/\n' }, { 'local/a': 'x', 'local/b': 'x' });
  const found = await find();
  rmSync(join(repository.path, 'local/a'));
  rmSync(join(repository.path, 'local/b'));
  symlinkSync('/etc/passwd', join(repository.path, 'local/b'));
  expect(found && (await likelySecretsIn(found))).toEqual([]);
});

test.runIf(process.geteuid?.() === 0)(
  'a file that this user may not read is not searched for secrets',
  async () => {
    const token = ['ghp', 'a1B2'.repeat(9)].join('_');
    const { find, repository } = ground({ '.worktreeinclude': 'local/\n' }, { 'local/a': token });
    const found = await find();
    expect(found && (await likelySecretsIn(found))).toEqual(['local/a']);
    chmodSync(join(repository.path, 'local/a'), 0);
    process.seteuid?.(nobody);
    onTestFinished(() => void process.seteuid?.(0));
    expect(found && (await likelySecretsIn(found))).toEqual([]);
  },
);
