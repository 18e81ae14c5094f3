// The machine lacks something: git, disk space, or space for one file. The work continues when it is available again.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { mkdir, rm, statfs, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shortId } from '../../src/domain/ids.ts';
import { type Environment, moose, startMoose } from './command-line.fixture.ts';
import { billed, type Ground, openGround, writes } from './ground.fixture.ts';
import { leftovers, nothing } from './nothing-left.fixture.ts';
import { git, makeRepository } from './repository.fixture.ts';

const megabyte = 1024 * 1024;
/** Enough for a worktree and its sessions, and for little else. */
const smallDiskBytes = 12 * megabyte;
const smallDiskFiles = 2_000;

const directory = mkdtempSync(join(tmpdir(), 'moose-machine-'));
/** Null if this user may not mount: then no disk can be filled without harming others. */
const smallDisk = mountSmallDisk(join(directory, 'disk'));
let ground: Ground;

beforeAll(async () => {
  // No worker is started here: each test starts its own, on a machine that lacks something.
  ground = await openGround({}, { dataDirectory: smallDisk ?? join(directory, 'data'), works: false });
});
afterAll(async () => {
  await ground.close();
  if (smallDisk) execFileSync('umount', [smallDisk]);
  await rm(directory, { recursive: true, force: true });
});

const soon = { timeout: 60_000, interval: 200 };

function mountSmallDisk(path: string): string | null {
  try {
    mkdirSync(path);
    execFileSync(
      'mount',
      ['-t', 'tmpfs', '-o', `size=${smallDiskBytes},nr_inodes=${smallDiskFiles}`, 'moose-test', path],
      {
        stdio: 'pipe',
      },
    );
    return path;
  } catch {
    return null;
  }
}

function workerEnvironment(change: Environment = {}): Environment {
  const { config, provider } = ground;
  return {
    PATH: process.env.PATH,
    HOME: directory,
    MOOSE_DATA: config.dataDirectory,
    MOOSE_DATABASE_URL: config.databaseUrl ?? '',
    MOOSE_SCRIPTED_BASE_URL: provider.baseUrl,
    MOOSE_MODELS: 'scripted/light,scripted/standard,scripted/strong',
    MOOSE_LOG_LEVEL: 'silent',
    ...change,
  };
}

async function during<T>(worker: Promise<{ stop(): Promise<void> }>, act: () => Promise<T>): Promise<T> {
  const running = await worker;
  try {
    return await act();
  } finally {
    await running.stop();
  }
}

/** A PATH with everything that a worker needs, except git. */
async function pathWithoutGit(): Promise<string> {
  const path = join(directory, 'bin');
  await mkdir(path, { recursive: true });
  for (const program of ['sh', 'flock', 'date', 'mv', 'kill', 'cat', 'true']) {
    const found = execFileSync('/bin/sh', ['-c', `command -v ${program} || true`], {
      encoding: 'utf8',
    }).trim();
    if (found.startsWith('/')) await symlink(found, join(path, program)).catch(() => undefined);
  }
  return path;
}

const large = (path: string, bytes: number) => billed(JSON.stringify(writes(path, 'x'.repeat(bytes))), 100);

test('R-BASE-2: a worker without git does not take the work and reports what is missing; one with git completes it', async () => {
  const { submit, settled, opened } = ground;
  const { id } = await submit();
  const waiting = await during(startMoose(workerEnvironment({ PATH: await pathWithoutGit() })), async () => {
    await expect.poll(async () => (await opened.moose.show(id)).explain, soon).toContain('Install git');
    return opened.moose.show(id);
  });
  expect(waiting).toMatchObject({ status: 'pending', failure: null });
  expect(waiting.explain).toMatch(/^Waiting .* for a machine that can do it/);
  expect(await during(startMoose(workerEnvironment()), () => settled(id))).toMatchObject({
    status: 'completed',
  });
});

test('a limit on file sizes stops only the work order with too large a file', async () => {
  const { submit, settled, opened } = ground;
  const tooLarge = await submit({ answer: () => large('large.txt', 1.5 * megabyte) });
  const small = await submit();
  // The limit is in blocks of 512 bytes: one megabyte.
  const [largeEnd, smallEnd] = await during(startMoose(workerEnvironment(), 'ulimit -f 2048;'), () =>
    Promise.all([settled(tooLarge.id), settled(small.id)]),
  );
  expect(smallEnd).toMatchObject({ status: 'completed' });
  expect(largeEnd).toMatchObject({
    status: 'needs_review',
    step: 'applying',
    failure: { code: 'FILE_TOO_LARGE', advice: expect.stringMatching(/ulimit -f.*moose answer/) },
  });
  await opened.moose.retry(tooLarge.id, { from: 'applying' });
  expect(await during(startMoose(workerEnvironment()), () => settled(tooLarge.id))).toMatchObject({
    status: 'completed',
  });
});

/** Fills the disk until only this many bytes are free. */
const fill = (freeBytes: number) => async (filler: string) => {
  const { bavail, bsize } = await statfs(dirname(filler));
  await writeFile(filler, Buffer.alloc(Math.max(0, bavail * bsize - freeBytes)));
};

/** Makes empty files until the disk has room for no more. */
async function useUpInodes(filler: string): Promise<void> {
  await mkdir(filler);
  const { ffree } = await statfs(filler);
  for (let n = 0; n < ffree; n++) await writeFile(join(filler, String(n)), '').catch(() => undefined);
}

async function saidBy(...args: string[]): Promise<string> {
  const { stdout, stderr } = await moose(workerEnvironment(), ...args);
  return stdout + stderr;
}

test.runIf(smallDisk !== null).each([
  ['is full before the worktree is made', fill(0), 'small.txt', 10],
  ['is full while the agent writes', fill(512 * 1024), 'large.txt', megabyte],
  ['has room for no more files', useUpInodes, 'none.txt', 10],
])(
  'R-GO-9: a disk that %s is waited for: no question, and the work completes by itself',
  async (_, use, path, bytes) => {
    const { submit, settled, opened } = ground;
    const filler = join(smallDisk ?? '', 'filler');
    let isFull = false;
    const { id, repositoryPath } = await submit({
      // The disk is full from the moment when the model has answered.
      answer: async () => {
        if (!isFull) await use(filler);
        isFull = true;
        return large(path, bytes);
      },
    });
    const worker = startMoose(workerEnvironment());
    await during(worker, async () => {
      const explain = async () => (await opened.moose.show(id)).explain;
      await expect
        .poll(explain, soon)
        .toMatch(
          /disk is full.*looks again every few seconds|room for only \d+ more files .*continues automatically/,
        );
      expect(await opened.moose.show(id)).toMatchObject({ status: 'in_progress', escalation: null });
      // What people ask in the night is answered.
      for (const asked of [['explain', id], ['health'], ['doctor']])
        await expect.poll(() => saidBy(...asked), { ...soon, message: asked.join(' ') }).toMatch(/disk/);
      await rm(filler, { recursive: true });
      const mended = await settled(id);
      expect(mended).toMatchObject({ status: 'completed' });
      const questions = await opened.moose.escalations.list({ all: true });
      expect(questions.filter((one) => one.work_order?.id === id)).toEqual([]);
      expect(await git(repositoryPath, 'cat-file', '-s', `${mended.branch}:${path}`)).toBe(String(bytes));
    });
  },
);

test('if another folder is in the place of the worktree, the work needs review, and a retry completes', async () => {
  const { submit, settled, opened, config } = ground;
  const repositoryPath = await makeRepository(join(directory, 'unwritable'));
  const { id } = await submit({ repositoryPath });
  const inTheWay = join(config.dataDirectory, 'worktrees', shortId(id));
  await mkdir(inTheWay, { recursive: true });
  await writeFile(join(inTheWay, 'mine.txt'), 'Mine\n');
  await during(startMoose(workerEnvironment()), async () => {
    expect(await settled(id)).toMatchObject({
      status: 'needs_review',
      failure: { code: 'WORKTREE_OCCUPIED' },
    });
    await rm(inTheWay, { recursive: true });
    await opened.moose.retry(id, {});
    expect(await settled(id)).toMatchObject({ status: 'completed' });
  });
});

test('at the end no money is reserved, and no process or worktree is left', async () => {
  expect(await leftovers(ground.opened.database, ground.config.dataDirectory)).toEqual(nothing);
});
