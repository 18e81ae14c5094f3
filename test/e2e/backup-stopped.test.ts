// A backup that is killed half way, or whose disk fills up, leaves nothing that looks whole, and the command says what to
// do (R-DIST-5).
import { execFile, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { aWorkOrderAtWork } from '../../src/store/work/scratch-rows.fixture.ts';
import { saveArtifact } from '../../src/store/work/sessions/artifacts.ts';
import { compiledCode } from '../compiled-code.ts';
import { testDatabase } from '../database.ts';
import { mooseProgram } from '../moose-program.ts';
import { expectRefusal, moose } from './command-line.fixture.ts';

const soon = { timeout: 60_000, interval: 50 };
/** More than the small disk, and it cannot be compressed. */
const artifactBytes = 3 * 1024 * 1024;
const ownMounts = ['--user', '--map-root-user', '--mount'] as const;
const canMount = spawnSync('unshare', [...ownMounts, 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

/** A database with a large row, and an empty directory for backups. */
async function aGround() {
  const database = await testDatabase();
  const root = await mkdtemp(join(tmpdir(), 'moose-stopped-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const { workOrderId, runId } = await aWorkOrderAtWork(database, { title: 'One' });
  await saveArtifact(database.query, {
    workOrderId,
    runId,
    cycle: 0,
    kind: 'patch' as const,
    content: randomBytes(artifactBytes),
  });
  const env = {
    PATH: process.env.PATH,
    HOME: root,
    MOOSE_DATABASE_URL: database.url,
    MOOSE_DATA: join(root, 'data'),
  };
  return { database, root, env, backup: join(root, 'backup.tar.gz') };
}

test('R-DIST-5: fear: a backup that was killed half way looks whole, or is in the way of the next one', async () => {
  const { database, root, env, backup } = await aGround();
  // Another transaction holds a table that comes after the large row, so the backup waits there, half written.
  const killed = await database.query.transaction().execute(async (other) => {
    await sql`lock table work_order_events in access exclusive mode`.execute(other);
    const child = spawn(process.execPath, [mooseProgram, 'backup', backup], {
      env: { ...compiledCode, ...env },
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    const partOf = async () => (await readdir(root)).find((name) => name.endsWith('.part')) ?? '';
    const bytes = async () => {
      const name = await partOf();
      return name === '' ? 0 : (await stat(join(root, name))).size;
    };
    try {
      await expect.poll(bytes, soon).toBeGreaterThan(artifactBytes / 2);
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
    return join(root, await partOf());
  });
  expect(await readdir(root)).not.toContain('backup.tar.gz');
  for (const command of [
    ['backup', killed, '--verify'],
    ['restore', killed, '--data', join(root, 'restored')],
  ]) {
    const refused = await moose(env, ...command);
    expectRefusal(refused, 'BACKUP_INVALID');
    expect(refused.stderr).toContain('ends in `.part`');
  }
  expect(await readdir(root)).not.toContain('restored');
  expect(await moose(env, 'backup', backup)).toMatchObject({ exitCode: 0 });
  expect(await moose(env, 'backup', backup, '--verify')).toMatchObject({ exitCode: 0 });
});

test.runIf(canMount)('R-DIST-5: fear: a full disk leaves half a backup, or says nothing', async () => {
  const { root, env } = await aGround();
  // The disk exists in the mounts of this shell only, and ends with it.
  const script = `mount -t tmpfs -o size=1m none "$1" && shift && "$@"; code=$?; ls -A "${root}/small"; exit $code`;
  await mkdir(join(root, 'small'));
  const ended = await promisify(execFile)(
    'unshare',
    [
      ...[...ownMounts, 'sh', '-c', script, 'sh', join(root, 'small')],
      ...[process.execPath, mooseProgram, 'backup', join(root, 'small', 'backup.tar.gz')],
    ],
    { env: { ...compiledCode, ...env } },
  ).catch((failed: { code: number; stdout: string; stderr: string }) => failed);
  expect(ended).toMatchObject({ code: 1, stdout: '' });
  expect(ended.stderr).toMatch(/no space left on device.*disk with enough space.*\[BACKUP_UNWRITABLE\]\n$/is);
});
