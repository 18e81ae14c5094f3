import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { exchangeMeanwhile } from '../racer.fixture.ts';
import { clearRights } from './clear-rights.ts';

const nobody = 65_534;
const isLinux = process.platform === 'linux';

function ground() {
  const root = mkdtempSync(join(tmpdir(), 'moose-rights-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [tree, outside] = [join(root, 'tree'), join(root, 'outside')];
  for (const folder of [tree, outside]) mkdirSync(folder);
  return { root, tree, outside };
}

function asOrdinaryUser(root: string): void {
  if (process.geteuid?.() !== 0) return;
  execFileSync('chown', ['-R', `${nobody}:${nobody}`, root]);
  process.seteuid?.(nobody);
  onTestFinished(() => void process.seteuid?.(0));
}

function program(path: string, mode: number): string {
  writeFileSync(path, '');
  chmodSync(path, mode);
  return path;
}

const modeOf = (path: string) => statSync(path).mode & 0o7777;

test.runIf(isLinux).each(['root', 'an ordinary user'])(
  'R-SEC-5: fear: a program that gives the rights of its owner stays (%s)',
  async (who) => {
    const { root, tree, outside } = ground();
    mkdirSync(join(tree, 'a/b/closed'), { recursive: true });
    const others = [
      program(join(tree, 'user'), 0o4755),
      program(join(tree, 'a/group'), 0o2711),
      program(join(tree, 'a/b/both'), 0o6555),
      program(join(tree, 'a/b/closed/in'), 0o4111),
    ];
    const elsewhere = program(join(outside, 'tool'), 0o4755);
    symlinkSync(outside, join(tree, 'link'));
    symlinkSync(elsewhere, join(tree, 'a/link'));
    linkSync(elsewhere, join(tree, 'a/b/name'));
    mkdirSync(join(tree, 'shared'));
    chmodSync(join(tree, 'shared'), 0o2775);
    chmodSync(join(tree, 'a/b/closed'), 0o111);
    const honest = program(join(tree, 'honest'), 0o755);
    const isChanged = who !== 'root' && process.geteuid?.() === 0;
    if (isChanged) {
      asOrdinaryUser(root);
      // A change of owner has taken them away; and this user is not in the group of the files.
      for (const [index, path] of others.slice(0, 3).entries())
        chmodSync(path, [0o4755, 0o2711, 0o6555][index] ?? 0);
      chmodSync(elsewhere, 0o4755);
    }
    await expect(clearRights(tree)).resolves.toBe(isChanged ? 3 : 5);
    expect(others.map(modeOf)).toEqual([0o755, 0o711, 0o555, 0o111]);
    expect([modeOf(elsewhere), existsSync(join(tree, 'a/b/name')), modeOf(honest)]).toEqual([
      0o4755,
      false,
      0o755,
    ]);
    expect(modeOf(join(tree, 'shared'))).toBe(0o2775);
    await expect(clearRights(tree)).resolves.toBe(0);
  },
);

test.runIf(isLinux)('fear: another user starts such a program below very many folders', async () => {
  const { tree } = ground();
  execFileSync('sh', [
    '-c',
    'cd "$1"; for n in $(seq 300); do mkdir d && cd d; done; touch s; chmod 4755 s',
    'sh',
    tree,
  ]);
  await clearRights(tree);
  const closed = execFileSync('find', [tree, '-type', 'd', '-perm', '700'], { encoding: 'utf8' })
    .trim()
    .split('\n');
  expect(closed.some((path) => path.split('/d').length > 100)).toBe(true);
});

test.runIf(isLinux)('fear: a running session leads this to the files of its user', async () => {
  const { root, tree, outside } = ground();
  const tool = program(join(outside, 'tool'), 0o4755);
  const inner = join(tree, 'inner');
  mkdirSync(inner);
  program(join(inner, 'tool'), 0o4755);
  const link = join(root, 'link');
  symlinkSync(outside, link);
  const end = await exchangeMeanwhile(inner, link);
  if (end === null) return;
  for (let round = 0; round < 300; round++) await clearRights(tree);
  await end();
  expect(modeOf(tool)).toBe(0o4755);
});

test('a folder that is not there', async () => {
  await expect(clearRights(join(ground().root, 'none'))).resolves.toBe(0);
});
