import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
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
import { removeTree } from './remove-tree.ts';

const nobody = 65_534;

/** For the rest of the test, an unprivileged user owns all files below, and runs this process. */
function asOrdinaryUser(root: string): void {
  if (process.geteuid?.() !== 0) return;
  execFileSync('chown', ['-R', `${nobody}:${nobody}`, root]);
  process.seteuid?.(nobody);
  onTestFinished(() => void process.seteuid?.(0));
}

test('fear: a read-only folder stays for ever (an ordinary user, a link to elsewhere in it)', async () => {
  const root = mkdtempSync(join(tmpdir(), 'moose-remove-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [elsewhere, tree] = [join(root, 'elsewhere'), join(root, 'tree')];
  mkdirSync(elsewhere, { mode: 0o555 });
  mkdirSync(join(tree, 'a', 'b'), { recursive: true });
  writeFileSync(join(tree, 'a', 'b', 'file'), '');
  symlinkSync(elsewhere, join(tree, 'a', 'link'));
  for (const folder of ['a/b', 'a']) chmodSync(join(tree, folder), 0o555);
  asOrdinaryUser(root);
  await removeTree(tree);
  expect(existsSync(tree)).toBe(false);
  expect(statSync(elsewhere).mode & 0o777).toBe(0o555);
  await removeTree(tree);
});

test('fear: one closed folder, as the kernel leaves it beside an overlay, stops the removal of those beside it', async () => {
  const root = mkdtempSync(join(tmpdir(), 'moose-remove-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const trees = Array.from({ length: 5 }, (_, number) => join(root, `tree-${number}`));
  for (const tree of trees) {
    for (let number = 0; number < 50; number++) mkdirSync(join(tree, `${number}/a/b`), { recursive: true });
    mkdirSync(join(tree, 'work/work'), { recursive: true });
    chmodSync(join(tree, 'work/work'), 0);
  }
  asOrdinaryUser(root);
  for (const tree of trees) {
    await removeTree(tree);
    expect(existsSync(tree)).toBe(false);
  }
});

test('fear: a session leaves a folder that is nested so deeply that it stays for ever', async () => {
  const root = mkdtempSync(join(tmpdir(), 'moose-remove-'));
  onTestFinished(() => void execFileSync('rm', ['-rf', root]));
  const tree = join(root, 'tree');
  mkdirSync(tree);
  const before = process.cwd();
  process.chdir(tree);
  for (let depth = 0; depth < 60; depth++) {
    mkdirSync('n'.repeat(200));
    process.chdir('n'.repeat(200));
    writeFileSync('file', '');
  }
  process.chdir(before);
  await removeTree(tree);
  expect(existsSync(tree)).toBe(false);
});

test('R-SEC-5: fear: a session puts a link in place of a folder that is being removed, and what it leads to is removed', async (context) => {
  const root = mkdtempSync(join(tmpdir(), 'moose-remove-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const theirs = join(root, 'theirs');
  mkdirSync(join(theirs, 'photos'), { recursive: true });
  const names = Array.from({ length: 20 }, (_, number) => `file-${number}`);
  for (const name of names) writeFileSync(join(theirs, 'photos', name), 'precious');
  for (let round = 0; round < 50; round++) {
    const tree = join(root, `tree-${round}`);
    const folder = join(tree, 'folder');
    mkdirSync(join(folder, 'photos'), { recursive: true });
    for (const name of names) writeFileSync(join(folder, 'photos', name), '');
    symlinkSync(theirs, join(root, 'link'));
    const end = await exchangeMeanwhile(folder, join(root, 'link'));
    if (end === null) return context.skip();
    await removeTree(tree).catch(() => undefined);
    await end();
    rmSync(join(root, 'link'), { recursive: true, force: true });
    expect(names.filter((name) => !existsSync(join(theirs, 'photos', name)))).toEqual([]);
  }
});
