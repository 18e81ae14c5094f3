import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { exchangeMeanwhile } from '../stdx/racer.fixture.ts';
import { faultyGit } from './faulty-git.fixture.ts';
import { guardObjects } from './guard-objects.ts';
import { joinPacks } from './join-packs.ts';
import { type ScratchRepository, scratchDirectory, scratchRepository } from './scratch-repository.fixture.ts';

const folderOf = ({ path }: ScratchRepository) => join(path, '.git', 'objects');
const looseFolders = (repository: ScratchRepository) =>
  readdirSync(folderOf(repository)).filter((name) => /^[0-9a-f]{2}$/.test(name));
const packs = (repository: ScratchRepository) =>
  readdirSync(join(folderOf(repository), 'pack')).filter((name) => name.endsWith('.pack'));

test("fear: a session deletes or overwrites a person's commits that exist nowhere else (R-SEC-5)", async () => {
  const repository = scratchRepository();
  const pushed = repository.commit({ 'a.txt': 'work of a week\n' });
  repository.write({ 'staged.txt': 'not committed\n' });
  repository.git('add', 'staged.txt');
  await guardObjects(repository.path);
  const [overwritten = '', ...deleted] = looseFolders(repository);
  for (const name of deleted) rmSync(join(folderOf(repository), name), { recursive: true });
  for (const name of readdirSync(join(folderOf(repository), overwritten))) {
    chmodSync(join(folderOf(repository), overwritten, name), 0o644);
    writeFileSync(join(folderOf(repository), overwritten, name), 'nonsense');
  }
  expect(repository.git('show', `${pushed}:a.txt`)).toBe('work of a week');
  expect(repository.git('show', ':staged.txt')).toBe('not committed');
  expect(repository.git('log', '--format=%H', '-1')).toBe(pushed);
});

test('packed objects are not packed again, but new ones are', async () => {
  const repository = scratchRepository();
  expect(await guardObjects(repository.path)).toBe(3);
  expect(await guardObjects(repository.path)).toBe(0);
  expect(packs(repository)).toHaveLength(1);
  repository.commit({ 'b.txt': 'b' });
  expect(await guardObjects(repository.path)).toBe(3);
  expect(packs(repository)).toHaveLength(2);
  repository.git('gc', '--quiet');
  expect(await guardObjects(repository.path)).toBe(0);
  expect(packs(repository)).toHaveLength(1);
  repository.git('fsck', '--strict');
});

test('R-PROJ-1: the packs of many sessions are joined, and no object is lost or packed again', async () => {
  const repository = scratchRepository();
  const kept = repository.commit({ 'kept.txt': 'kept\n' });
  await guardObjects(repository.path);
  const [keptPack = ''] = packs(repository);
  writeFileSync(join(folderOf(repository), 'pack', keptPack.replace(/pack$/, 'promisor')), '');
  repository.git('config', 'pack.packSizeLimit', '1m');
  const ids = [kept];
  for (let session = 0; session < 51; session++) {
    ids.push(repository.git('commit-tree', `${kept}^{tree}`, '-m', `${session}`));
    await guardObjects(repository.path);
  }
  expect(packs(repository)).toHaveLength(52);
  // An index of several packs names them, and git relies on it.
  repository.git('multi-pack-index', 'write');
  await joinPacks(join(repository.path, '.git'));
  expect(packs(repository)).toHaveLength(52);
  rmSync(join(folderOf(repository), 'pack', 'multi-pack-index'));
  await Promise.all([joinPacks(join(repository.path, '.git')), joinPacks(join(repository.path, '.git'))]);
  expect(packs(repository)).toHaveLength(2);
  expect(packs(repository)).toContain(keptPack);
  expect(await guardObjects(repository.path)).toBe(0);
  for (const name of looseFolders(repository)) rmSync(join(folderOf(repository), name), { recursive: true });
  for (const id of ids) repository.git('cat-file', '-e', id);
  repository.git('fsck', '--strict');
});

test('R-PROJ-1: packs that are joined while sessions start do not make them read every object again', async () => {
  const repository = scratchRepository();
  const kept = repository.commit({ 'kept.txt': 'kept\n' });
  await guardObjects(repository.path);
  for (let round = 0; round < 3; round++) {
    for (let session = 0; session < 51; session++) {
      repository.git('commit-tree', `${kept}^{tree}`, '-m', `${round} ${session}`);
      expect(await guardObjects(repository.path)).toBe(1);
    }
    const starting = Array.from({ length: 8 }, () => guardObjects(repository.path));
    const [read] = await Promise.all([Promise.all(starting), joinPacks(join(repository.path, '.git'))]);
    expect(packs(repository)).toHaveLength(1);
    expect([...read, await guardObjects(repository.path)]).toEqual(Array.from({ length: 9 }, () => 0));
  }
});

test('fear: a pipe, a link, a wrong name or garbage among the objects blocks or breaks the guard', async () => {
  const repository = scratchRepository();
  const at = (name: string) => join(folderOf(repository), name);
  const id = 'ab'.repeat(19);
  for (const name of ['00', '01', '02', '03']) mkdirSync(at(name), { recursive: true });
  execFileSync('mkfifo', [at(`00/${id}`)]);
  writeFileSync(at(`01/${id}`), 'nonsense');
  writeFileSync(at(`02/${id}`), deflateSync('blob 5\0hello'));
  symlinkSync('/etc/passwd', at(`03/${id}`));
  symlinkSync('/', at('04'));
  expect(await guardObjects(repository.path)).toBe(3);
  expect(existsSync(at(`00/${id}`))).toBe(true);
  expect(repository.git('show', 'HEAD:README.md')).toBe('hello');
});

/** Adds a loose object that inflates to 600 MiB; git itself would have stored such a large file in a pack. */
function plantEndless(repository: ScratchRepository): void {
  const folder = join(folderOf(repository), '05');
  mkdirSync(folder);
  writeFileSync(join(folder, 'cd'.repeat(19)), deflateSync(Buffer.alloc(600 * 1024 ** 2), { level: 1 }));
}

test('fear: an object that inflates endlessly delays a run that should stop, or each session after it', async () => {
  const repository = scratchRepository();
  plantEndless(repository);
  const guarding = guardObjects(repository.path, { signal: AbortSignal.timeout(50) });
  await expect(guarding).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(await guardObjects(repository.path)).toBe(3);
  repository.commit({ 'b.txt': 'b' });
  expect(await guardObjects(repository.path)).toBe(3);
});

test('objects for which one call has no time are protected by the next calls', async () => {
  const repository = scratchRepository();
  expect(await guardObjects(repository.path, { timeLimitMs: -1 })).toBe(0);
  expect(await guardObjects(repository.path)).toBe(3);
});

const emptyBlob = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391';

const plants: Record<string, (folder: string, outside: string) => void> = {
  'a wrong file': (folder) => writeIn(folder, (path) => writeFileSync(path, 'nonsense')),
  'another object': (folder) => writeIn(folder, (path) => writeFileSync(path, deflateSync('blob 5\0hello'))),
  'a pipe': (folder) => writeIn(folder, (path) => execFileSync('mkfifo', [path])),
  'a link to nothing': (folder) => writeIn(folder, (path) => symlinkSync('/no/such/path', path)),
  'a file in place of the folder': (folder) => writeFileSync(folder, ''),
  'a link in place of the folder': (folder, outside) => symlinkSync(outside, folder),
};

function writeIn(folder: string, write: (path: string) => void): void {
  mkdirSync(folder);
  write(join(folder, emptyBlob.slice(2)));
}

test.each(Object.keys(plants))(
  'R-SEC-5: fear: a session puts %s where git stores an object later, and a person or another work order loses that object',
  async (plant) => {
    const repository = scratchRepository();
    const outside = scratchDirectory();
    await guardObjects(repository.path);
    plants[plant]?.(join(folderOf(repository), emptyBlob.slice(0, 2)), outside);
    const moved: { from: string; to: string }[] = [];
    const onPlanted = (some: readonly { from: string; to: string }[]) => void moved.push(...some);
    await guardObjects(repository.path, { unsoundAgeMs: 0, onPlanted });
    expect(moved).toHaveLength(1);
    expect(lstatSync(moved[0]?.to ?? '')).toBeDefined();
    repository.commit({ 'empty.txt': '' });
    expect(repository.git('cat-file', 'blob', 'HEAD:empty.txt')).toBe('');
    repository.git('fsck', '--strict');
    expect(readdirSync(outside)).toEqual([]);
  },
);

test('an object that a program is just writing, and what was wrong before any session, stay where they are', async () => {
  const repository = scratchRepository();
  const folder = join(folderOf(repository), emptyBlob.slice(0, 2));
  writeIn(folder, (path) => writeFileSync(path, 'damaged'));
  await guardObjects(repository.path);
  const written = join(folder, '0'.repeat(38));
  writeFileSync(written, deflateSync('blob 5\0hello').subarray(0, 5));
  await guardObjects(repository.path);
  await guardObjects(repository.path, { unsoundAgeMs: 0 });
  expect(readdirSync(folder)).toEqual([emptyBlob.slice(2)]);
});

const looseFile = (repository: ScratchRepository, id: string) =>
  join(folderOf(repository), id.slice(0, 2), id.slice(2));

test('R-SEC-5: fear: a session replaces an object between the check and the pack, and git takes its content for the object', async () => {
  const repository = scratchRepository();
  repository.write({ 'pay.txt': 'pay 10 to Anna\n' });
  const id = repository.git('hash-object', '-w', 'pay.txt');
  const evil = deflateSync(Buffer.from('blob 16\0pay 999 to Evil\n\n'));
  const draft = join(scratchDirectory(), 'evil');
  writeFileSync(draft, evil);
  faultyGit({ of: '* pack-objects *', times: 1, fault: `cp -f ${draft} ${looseFile(repository, id)}` });
  await guardObjects(repository.path);
  rmSync(looseFile(repository, id));
  // Somebody adds the same content again: git must store it, and not believe that it has it.
  expect(repository.git('hash-object', '-w', 'pay.txt')).toBe(id);
  expect(repository.git('cat-file', 'blob', id)).toBe('pay 10 to Anna');
  repository.git('fsck', '--strict');
});

test('R-SEC-5: fear: a session leads Moose to the objects of another repository, and Moose packs them for it', async (context) => {
  const [repository, theirs] = [scratchRepository(), scratchRepository({ 'private.txt': 'private\n' })];
  await guardObjects(repository.path);
  const id = theirs.git('rev-parse', 'HEAD:private.txt');
  const [own, link] = [join(folderOf(repository), id.slice(0, 2)), join(scratchDirectory(), 'link')];
  mkdirSync(own, { recursive: true });
  const target = join(folderOf(theirs), id.slice(0, 2));
  symlinkSync(target, link);
  const end = await exchangeMeanwhile(own, link, target);
  if (end === null) return context.skip();
  for (let round = 0; round < 100; round++) await guardObjects(repository.path).catch(() => undefined);
  await end();
  rmSync(own, { recursive: true, force: true });
  expect(existsSync(looseFile(theirs, id))).toBe(true);
  expect(() => repository.git('cat-file', '-e', id)).toThrow();
});
