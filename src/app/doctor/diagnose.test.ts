import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { cloneDatabase, testDatabase } from '../../../test/database.ts';
import { scratchRepository } from '../../git/scratch-repository.fixture.ts';
import { urlOfRunning } from '../../postgres/running-url.ts';
import { quick, scratchWithCluster } from '../../postgres/scratch.fixture.ts';
import { startEmbedded } from '../../postgres/start/start-embedded.ts';
import { probeIsolation } from '../../sessions/isolation/probe-isolation.ts';
import { openDatabase } from '../../store/database.ts';
import { ensureProject } from '../../store/work/projects/projects.ts';
import { writeSetting } from '../../store/work/system-config.ts';
import { readConfig } from '../config/config.ts';
import { diagnose } from './diagnose.ts';

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'moose-diagnose-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function found(env: Record<string, string>, data = scratch()) {
  const config = readConfig({ PATH: process.env.PATH, HOME: data, ...env }, { data });
  return Object.fromEntries((await diagnose(config)).map(({ name, ...rest }) => [name, rest]));
}

/** The number of a loopback port on which nothing listens. */
async function deadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

/** A provider that accepts only this key. */
async function aProvider(key: string): Promise<string> {
  const server = createHttpServer((request, response) => {
    response.statusCode = request.headers.authorization === `Bearer ${key}` ? 200 : 401;
    response.end('{"data":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/v1`;
}

test('fear: the doctor accepts models whose key is refused, or whose provider does not answer (R-SES-4)', async () => {
  const url = { MOOSE_DATABASE_URL: `postgres://me:pw@127.0.0.1:${await deadPort()}/x` };
  const refused = { OPENAI_API_KEY: 'garbage-0', OPENAI_BASE_URL: await aProvider('the-right-one') };
  const looks = await found({ ...url, ...refused });
  expect(looks.models).toMatchObject({
    state: 'missing',
    found: expect.stringContaining('refuses the key of openai (HTTP 401)'),
    advice: expect.stringContaining('OPENAI_API_KEY'),
  });
  expect(JSON.stringify(looks)).not.toContain('garbage-0');
  const away = { OPENAI_API_KEY: 'garbage-0', OPENAI_BASE_URL: `http://127.0.0.1:${await deadPort()}/v1` };
  expect((await found({ ...url, ...away })).models).toMatchObject({
    state: 'missing',
    found: expect.stringContaining('does not answer (ECONNREFUSED)'),
  });
});

test('what is present is ok, and the doctor says what it is', async () => {
  const database = await cloneDatabase();
  onTestFinished(() => database.drop());
  const provider = await aProvider('the-right-one');
  const key = { OPENAI_API_KEY: 'the-right-one', OPENAI_BASE_URL: provider };
  const looks = await found({ MOOSE_DATABASE_URL: database.url, ...key });
  expect(looks).toMatchObject({
    node: { state: 'ok' },
    git: { state: 'ok', found: expect.stringContaining('git version') },
    'data directory': { state: 'ok' },
    database: { state: 'ok', found: expect.stringContaining('of MOOSE_DATABASE_URL') },
    models: { state: 'ok' },
    'agent patch': { state: 'ok' },
  });
});

test('an agent that is not installed is a warning only if it is to be used', async () => {
  const missing = { MOOSE_CODEX_PATH: '/no/such/codex', MOOSE_AIDER_PATH: '/no/such/aider' };
  const looks = await found({ ...missing, MOOSE_FALLBACK_AGENTS: 'aider' });
  expect(looks).toMatchObject({
    'agent codex': { state: 'ok', found: 'not installed', advice: expect.stringContaining('npm install') },
    'agent aider': { state: 'warning', found: 'not installed', advice: expect.stringContaining('pipx') },
  });
});

test('R-SES-4: what is missing comes with its fix, and no problem hides another', async () => {
  const looks = await found(
    {
      MOOSE_DATABASE_URL: `postgres://me:pw@127.0.0.1:${await deadPort()}/x`,
      MOOSE_MODELS: 'anthropic/claude-sonnet-5',
    },
    join(scratch(), 'x'.repeat(300)),
  );
  expect(looks).toMatchObject({
    'data directory': { state: 'ok' },
    database: {
      state: 'missing',
      found: expect.stringContaining('cannot be used'),
      advice: expect.any(String),
    },
    models: { state: 'warning', advice: expect.stringContaining('ANTHROPIC_API_KEY') },
  });
});

test('R-BASE-7: fear: the doctor accepts the database of another application, or writes into it', async () => {
  const cloned = await cloneDatabase('template1');
  onTestFinished(() => cloned.drop());
  const shop = openDatabase(cloned.url, { connectionsMax: 1 });
  onTestFinished(() => shop.close());
  await sql`create table public.schema_migrations (version text primary key)`.execute(shop.query);
  const looks = await found({ MOOSE_DATABASE_URL: cloned.url });
  expect(looks.database).toMatchObject({ state: 'missing' });
  const { rows } = await sql`select nspname || '.' || relname as name from pg_class
    join pg_namespace on pg_namespace.oid = relnamespace
    where relkind = 'r' and nspname not in ('pg_catalog', 'information_schema')`.execute(shop.query);
  expect(rows).toEqual([{ name: 'public.schema_migrations' }]);
});

test('R-SES-4: a missing or outdated git is reported', async () => {
  const before = process.env.PATH ?? '';
  const directory = scratch();
  onTestFinished(() => {
    process.env.PATH = before;
  });
  process.env.PATH = directory;
  const url = { MOOSE_DATABASE_URL: `postgres://me:pw@127.0.0.1:${await deadPort()}/x` };
  expect(await found(url)).toMatchObject({
    git: { state: 'missing', found: 'not found', advice: expect.any(String) },
  });
  writeFileSync(join(directory, 'git'), '#!/bin/sh\necho git version 2.20.1\n');
  chmodSync(join(directory, 'git'), 0o755);
  expect(await found(url)).toMatchObject({
    git: { state: 'missing', found: expect.stringContaining('git version 2.20.1') },
  });
});

test('without a model, the doctor points to the demo', async () => {
  const url = `postgres://me:pw@127.0.0.1:${await deadPort()}/x`;
  expect(await found({ MOOSE_DATABASE_URL: url })).toMatchObject({
    models: { state: 'warning', found: 'none', advice: expect.stringContaining('moose demo') },
  });
});

test('R-SEC-5: the doctor reports the kernel locks, and nothing about them if isolation is off', async () => {
  const { locks } = await probeIsolation();
  const url = { MOOSE_DATABASE_URL: `postgres://me:pw@127.0.0.1:${await deadPort()}/x` };
  const told = locks && { found: locks.reason, state: locks.advice === null ? 'ok' : 'warning' };
  expect((await found(url))['kernel locks'] ?? null).toEqual(told && expect.objectContaining(told));
  expect((await found({ ...url, MOOSE_ISOLATION: 'off' }))['kernel locks']).toBeUndefined();
});

test('R-BUD-6: the doctor reports how far agents are isolated, and that isolation is off', async () => {
  const { level, reason } = await probeIsolation();
  const url = { MOOSE_DATABASE_URL: `postgres://me:pw@127.0.0.1:${await deadPort()}/x` };
  const isHad = level === 'files';
  const told = { found: `${level}: ${reason}` };
  expect(await found(url)).toMatchObject({ isolation: { ...told, state: isHad ? 'ok' : 'warning' } });
  expect(await found({ ...url, MOOSE_ISOLATION: 'require' })).toMatchObject({
    isolation: { ...told, state: isHad ? 'ok' : 'missing' },
  });
  expect(await found({ ...url, MOOSE_ISOLATION: 'off' })).toMatchObject({
    isolation: {
      state: 'warning',
      found: expect.stringContaining('MOOSE_ISOLATION'),
      advice: expect.any(String),
    },
  });
});

test.skipIf(process.geteuid?.() !== 0 || (await probeIsolation()).level !== 'files')(
  'R-SEC-5: fear: the doctor is content with a data directory in which no session can work, and Moose starts there',
  async () => {
    const data = scratch();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'noexec,mode=0755', 'tmpfs', data]);
    onTestFinished(() => void execFileSync('umount', ['-l', data]));
    const url = { MOOSE_DATABASE_URL: `postgres://me:pw@127.0.0.1:${await deadPort()}/x` };
    const refused = { state: 'missing', found: expect.stringContaining('does not let programs run') };
    const looks = await found(url, data);
    expect(looks['data for sessions']).toMatchObject({
      ...refused,
      advice: expect.stringContaining('noexec'),
    });
    expect((await found({ ...url, MOOSE_ISOLATION: 'off' }, data))['data for sessions']).toBeUndefined();
    expect((await found(url))['data for sessions']).toBeUndefined();
  },
);

test('fear: the doctor checks models that are no longer used, and is silent about an ignored setting', async () => {
  const database = await testDatabase();
  for (const tier of ['light', 'standard', 'strong'])
    await writeSetting(database.query, `settings.models.${tier}`, ['anthropic/claude-x'], 'human:ada');
  await writeSetting(database.query, 'settings.limits.machine_slots', 'many', 'human:ada');
  const looks = await found({ MOOSE_DATABASE_URL: database.url, MOOSE_MODELS: 'scripted/usual' });
  expect(looks.models).toMatchObject({ state: 'warning', found: 'anthropic/claude-x' });
  expect(looks['setting settings.limits.machine_slots']).toMatchObject({
    state: 'warning',
    found: expect.stringContaining('ignored: it must be a whole number'),
    advice: expect.stringContaining('moose config unset settings.limits.machine_slots'),
  });
});

test('R-ESC-4: the doctor says what runs without a person although the defaults would ask one', async () => {
  const database = await testDatabase();
  await writeSetting(database.query, 'settings.policies.hard_stop_words', ['-password'], 'human:ada');
  await writeSetting(database.query, 'settings.policies.director_files', 500, 'human:ada');
  const { id } = await ensureProject(database.query, { repositoryPath: '/srv/api' }, 'api', new Date());
  await sql`update projects set settings = '{"director":{"cost_usd":100}}' where id = ${id}`.execute(
    database.query,
  );
  const looks = await found({ MOOSE_DATABASE_URL: database.url });
  expect(looks['hard-stop words']).toMatchObject({
    state: 'warning',
    found: expect.stringContaining('password'),
  });
  expect(looks.director).toMatchObject({ found: expect.stringContaining('files 500 instead of 30') });
  expect(looks['director of api']).toMatchObject({ found: expect.stringContaining('cost_usd 100') });
});

test('if the changed settings cannot be read, the given ones are checked', async () => {
  const url = `postgres://me:pw@127.0.0.1:${await deadPort()}/x`;
  for (const env of [{ MOOSE_DATABASE_URL: url }, {}] as Array<Record<string, string>>)
    expect(await found({ ...env, MOOSE_MODELS: 'anthropic/claude-x' })).toMatchObject({
      models: { state: 'warning', found: 'anthropic/claude-x' },
    });
});

test('a running embedded server is checked, and a stopped one is not started', async () => {
  const directory = await scratchWithCluster();
  expect(await urlOfRunning(directory, 'postgres')).toBeNull();
  const server = await startEmbedded({ directory, settings: quick });
  expect(await urlOfRunning(directory, 'postgres')).toBe(server.url);
  await server.stop();
  expect(await urlOfRunning(directory, 'postgres')).toBeNull();
});

test('R-PROJ-1: the doctor says of each project whether this machine reaches it, or why not', async () => {
  const database = await testDatabase();
  const { path } = scratchRepository();
  const there = { remoteUrl: `file://${path}`, remoteAddress: `file://${path}` };
  const away = { remoteUrl: 'http://127.0.0.1:1/a', remoteAddress: 'http://127.0.0.1:1/a' };
  await ensureProject(database.query, there, 'there', new Date());
  await ensureProject(database.query, away, 'away', new Date());
  await ensureProject(database.query, { repositoryPath: path }, 'here', new Date());
  await ensureProject(database.query, { repositoryPath: '/nowhere/at/all' }, 'gone', new Date());
  const looks = await found({ MOOSE_DATABASE_URL: database.url });
  expect(looks).toMatchObject({
    'project there': { state: 'ok', found: there.remoteAddress },
    'project here': { state: 'ok', found: path },
    'project away': { state: 'warning', found: expect.stringContaining('cannot be reached') },
    'project gone': { state: 'warning', found: expect.stringContaining('does not exist') },
  });
});
