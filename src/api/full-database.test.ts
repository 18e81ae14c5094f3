// fear: a database that answers but accepts no writes looks healthy, or looks absent (R-UI-3, R-PIPE-8).
import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import { templateName } from '../../test/database-server.ts';
import { anAgent, workUnderWay } from '../engine/watch/stuck.fixture.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { apiGround } from './api-ground.fixture.ts';

const diskMiB = 64;
const canMount =
  process.getuid?.() === 0 &&
  spawnSync('sh', [
    '-c',
    'd=$(mktemp -d) && mount -t tmpfs none "$d" && umount "$d"; s=$?; rmdir "$d"; exit $s',
  ]).status === 0;

async function looksOf(database: Database) {
  const { call, tokens } = await apiGround({ database });
  const health = { authorization: `Bearer ${tokens.viewer}` };
  return {
    probe: () => call('/healthz', { headers: { authorization: '' } }),
    health: () => call('/api/admin/health', { headers: health }),
  };
}

const well = [
  { status: 200, body: { status: 'ok', database: 'up' } },
  { status: 200, body: { database: { takes_writes: true, because: null } } },
];

test('R-UI-3: fear: a query for health waits forever if the database can only be read', async () => {
  const database = await testDatabase();
  const { probe, health } = await looksOf(database);
  // Each query for the health records what it observes of processes.
  await anAgent(database, await workUnderWay(database), 'sleep 60', { host: hostname() });
  expect([await probe(), await health()]).toMatchObject(well);
  const name = new URL(database.url).pathname.slice(1);
  const lets = async (mode: 'on' | 'off') => {
    const admin = new pg.Client({ connectionString: inject('databaseServerUrl') });
    await admin.connect();
    await admin.query(`alter database ${name} set default_transaction_read_only = ${mode}`);
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
    await admin.end();
  };
  await lets('on');
  expect(await probe()).toMatchObject({ status: 503, body: { status: 'degraded', database: 'refusing' } });
  expect(await health()).toMatchObject({
    status: 200,
    body: { database: { takes_writes: false, because: 'it is read-only' } },
  });
  await lets('off');
  expect([await probe(), await health()]).toMatchObject(well);
});

/** A separate database on a separate disk. */
async function onSmallDisk(): Promise<{ database: Database; disk: string }> {
  const admin = new pg.Client({ connectionString: inject('databaseServerUrl') });
  await admin.connect();
  const disk = mkdtempSync(join(tmpdir(), 'moose-full-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMiB}m,mode=0700`, 'moose-test', disk]);
  onTestFinished(() => {
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  });
  const { rows } = await admin.query<{ directory: string }>(
    `select current_setting('data_directory') as directory`,
  );
  const { uid, gid } = statSync(rows[0]?.directory ?? '');
  chownSync(disk, uid, gid);
  const name = `full_${process.pid}_${Date.now()}`;
  await admin.query(`create tablespace ${name} location '${disk}'`);
  await admin.query(`create database ${name} template ${templateName} tablespace ${name} strategy file_copy`);
  const url = new URL(inject('databaseServerUrl'));
  url.pathname = `/${name}`;
  const database = openDatabase(url.href, { connectionsMax: 4 });
  onTestFinished(async () => {
    await database.close();
    await admin.query(`drop database ${name} with (force)`);
    await admin.query(`drop tablespace ${name}`);
    await admin.end();
  });
  return { database, disk };
}

test.runIf(canMount)(
  "R-UI-3: fear: the database's disk is full, and Moose reports that everything is fine",
  async () => {
    const { database, disk } = await onSmallDisk();
    const { probe, health } = await looksOf(database);
    expect([await probe(), await health()]).toMatchObject(well);
    const filler = join(disk, 'filler');
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(filler, Buffer.alloc(bavail * bsize));
    expect(await probe()).toMatchObject({ status: 503, body: { status: 'degraded', database: 'refusing' } });
    expect(await health()).toMatchObject({
      status: 200,
      body: {
        database: { takes_writes: false, because: expect.stringContaining('No space left on device') },
      },
    });
    // Everything recovers by itself as soon as there is room.
    rmSync(filler);
    expect([await probe(), await health()]).toMatchObject(well);
  },
);
