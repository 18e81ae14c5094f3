import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { tail } from '../sessions/read-output.ts';
import { makeOwnFolder, readIfThere, writeOwnFile } from './home-files.ts';

/** A home that a session can write to, next to a folder that it cannot write to. */
function scene() {
  const root = mkdtempSync(join(tmpdir(), 'moose-home-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [home, outside] = [join(root, 'home'), join(root, 'outside')];
  mkdirSync(home);
  mkdirSync(outside);
  writeFileSync(join(outside, 'config.toml'), 'of the user');
  return { home, outside };
}

test.each([
  [
    'file',
    (home: string, outside: string) => {
      mkdirSync(join(home, '.codex', 'deep'), { recursive: true });
      symlinkSync(join(outside, 'config.toml'), join(home, '.codex', 'deep', 'config.toml'));
    },
  ],
  [
    'folder',
    (home: string, outside: string) => {
      mkdirSync(join(home, '.codex'));
      symlinkSync(outside, join(home, '.codex', 'deep'));
    },
  ],
  [
    'folder above it',
    (home: string, outside: string) => {
      mkdirSync(join(outside, 'deep'));
      symlinkSync(outside, join(home, '.codex'));
    },
  ],
  [
    'link to nothing',
    (home: string, outside: string) => symlinkSync(join(outside, 'made'), join(home, '.codex')),
  ],
])(
  'R-SEC-5: fear: a session leaves a link in its home, and Moose writes to its target: %s',
  async (_, plant) => {
    const { home, outside } = scene();
    plant(home, outside);
    const path = await writeOwnFile(home, join('.codex', 'deep', 'config.toml'), 'ours');
    expect(readFileSync(path, 'utf8')).toBe('ours');
    expect(lstatSync(path).isFile()).toBe(true);
    expect(readFileSync(join(outside, 'config.toml'), 'utf8')).toBe('of the user');
    await makeOwnFolder(home, join('.codex', 'deep', 'deeper'));
    expect(readdirSync(outside, { recursive: true }).filter((name) => name !== 'deep')).toEqual([
      'config.toml',
    ]);
  },
);

test('R-SEC-5: fear: whatever a session left in place of one of our files blocks every later session', async () => {
  const { home } = scene();
  mkdirSync(join(home, 'id', 'inner'), { recursive: true });
  await expect(writeOwnFile(home, 'id', 'ours')).resolves.toBe(join(home, 'id'));
  execFileSync('mkfifo', [join(home, '.codex')]);
  await writeOwnFile(home, join('.codex', 'config.toml'), 'ours');
  expect(readFileSync(join(home, '.codex', 'config.toml'), 'utf8')).toBe('ours');
  expect(readdirSync(home).sort()).toEqual(['.codex', 'id']);
});

test('R-SES-6: fear: Moose waits forever for a pipe in place of a file, or reads an endless one', async () => {
  const { home } = scene();
  const [pipe, loop, huge, folder] = ['pipe', 'loop', 'huge', 'folder'].map((name) => join(home, name)) as [
    string,
    string,
    string,
    string,
  ];
  execFileSync('mkfifo', [pipe]);
  symlinkSync(loop, loop);
  writeFileSync(huge, '');
  truncateSync(huge, 2 ** 40);
  mkdirSync(folder);
  for (const path of [pipe, huge, folder])
    await expect(readIfThere(path), path).rejects.toMatchObject({ code: 'AGENT_HOME_STRANGE' });
  await expect(readIfThere(loop)).rejects.toMatchObject({ code: 'ELOOP' });
  for (const path of [join(home, 'missing'), join(huge, 'x')]) expect(await readIfThere(path)).toBeNull();
  for (const path of [pipe, loop, folder])
    expect(await tail(path, 100), path).toMatchObject({ text: '', bytes: 0 });
  writeFileSync(join(home, 'id'), 'here');
  expect(await readIfThere(join(home, 'id'))).toBe('here');
  expect(existsSync(pipe)).toBe(true);
});
