// `moose doctor`: everything that a run needs, looked at without changing anything.
import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { createAgents } from './agents.ts';
import type { Config } from './config.ts';
import { isMooseError } from './domain/failure.ts';
import type { Diagnosis } from './engine/monitor/diagnosis.ts';
import { type Applied, applySettings, type IgnoredRow } from './engine/settings/apply-settings.ts';
import { runGit } from './git/run-git.ts';
import { createModel } from './models/catalog.ts';
import { findKnownPrice } from './models/prices.ts';
import { probeIsolation } from './sessions/isolation/probe-isolation.ts';
import { asMooseError } from './store/database-failure.ts';
import { probeEmbedded } from './store/embedded/probe-embedded.ts';
import { urlOfRunning } from './store/embedded/running-url.ts';

const nodeMajorMin = 22;
const gitVersionMin = [2, 38] as const;
const freeBytesMin = 2 * 1024 ** 3;
const databaseName = 'moose';
const connectMsMax = 5_000;
const statementMsMax = 5_000;

export async function diagnose(config: Config): Promise<Diagnosis[]> {
  const looks = [node, git, dataDirectory, freeDisk, database];
  const found = await Promise.all([...looks.map((look) => look(config)), settings(config)]);
  return [...found.flat(), ...(await agents(config))];
}

/** By what people have changed, where the database says what that is; why it does not is told of the database. */
async function settings(config: Config): Promise<Diagnosis[]> {
  const { settings: engine, ignored } = await settingsThatHold(config);
  const held = { ...config, engine };
  return [...ignored.map(ignoredSetting), await models(held), await isolation(held)];
}

const ignoredSetting = ({ key, because }: IgnoredRow): Diagnosis => ({
  name: `setting ${key}`,
  state: 'warning',
  found: `not gone by: ${because}`,
  advice: `What is usual holds. Set it anew, or \`moose config unset ${key}\`.`,
});

/** What was given at the start, where the database cannot be asked. */
async function settingsThatHold(config: Config): Promise<Applied> {
  // The look at the database says what is wrong with it.
  const rows = await changedRows(config).catch(() => []);
  return applySettings(config.engine, rows);
}

async function changedRows({
  databaseUrl,
  dataDirectory,
}: Config): Promise<{ key: string; value: unknown }[]> {
  const url = databaseUrl ?? (await urlOfRunning(join(dataDirectory, 'postgres'), databaseName));
  if (url === null) return [];
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectMsMax,
    query_timeout: statementMsMax,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ key: string; value: unknown }>(
      `select key, value from system_config where key like 'settings.%' order by key`,
    );
    return rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

const ok = (name: string, found: string): Diagnosis => ({ name, state: 'ok', found, advice: null });

async function node(): Promise<Diagnosis> {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major >= nodeMajorMin) return ok('node', process.versions.node);
  return {
    name: 'node',
    state: 'missing',
    found: process.versions.node,
    advice: `Run Moose by \`npm run moose\`, which brings a newer Node, or install Node ${nodeMajorMin} or newer.`,
  };
}

async function git(): Promise<Diagnosis> {
  try {
    const { stdout } = await runGit(tmpdir(), ['--version']);
    const [major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(stdout)?.slice(1) ?? []).map(Number);
    if (major > gitVersionMin[0] || (major === gitVersionMin[0] && minor >= gitVersionMin[1]))
      return ok('git', stdout.trim());
    return {
      name: 'git',
      state: 'missing',
      found: stdout.trim(),
      advice: `Install git ${gitVersionMin.join('.')} or newer.`,
    };
  } catch (cause) {
    return { name: 'git', state: 'missing', found: 'not found', advice: adviceOf(cause, 'Install git.') };
  }
}

async function dataDirectory({ dataDirectory: path }: Config): Promise<Diagnosis> {
  try {
    await access(await nearestThere(path), constants.W_OK);
    return ok('data directory', path);
  } catch (cause) {
    return {
      name: 'data directory',
      state: 'missing',
      found: `${path} cannot be written (${wordsOf(cause)})`,
      advice: 'Choose another with --data DIR or MOOSE_DATA.',
    };
  }
}

/** The directory itself, or the nearest one above it that exists: looking makes nothing. */
async function nearestThere(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    const isThere = await access(at).then(
      () => true,
      () => false,
    );
    if (isThere || at === dirname(at)) return at;
  }
}

async function freeDisk({ dataDirectory: path }: Config): Promise<Diagnosis> {
  try {
    const { bavail, bsize } = await statfs(await nearestThere(path));
    const gigabytes = `${((bavail * bsize) / 1024 ** 3).toFixed(1)} GiB free`;
    if (bavail * bsize >= freeBytesMin) return ok('disk', gigabytes);
    return {
      name: 'disk',
      state: 'warning',
      found: gigabytes,
      advice: 'Worktrees and logs need room: free some, or choose another --data DIR.',
    };
  } catch (cause) {
    return {
      name: 'disk',
      state: 'warning',
      found: `not known (${wordsOf(cause)})`,
      advice: 'The data directory could not be looked at.',
    };
  }
}

async function database({ databaseUrl }: Config): Promise<Diagnosis> {
  if (databaseUrl === null) {
    const { version, advice } = await probeEmbedded();
    return version
      ? { name: 'database', state: advice ? 'warning' : 'ok', found: `embedded ${version}`, advice }
      : { name: 'database', state: 'missing', found: 'no embedded server', advice };
  }
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: connectMsMax });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string }>(
      `select current_setting('server_version') as version`,
    );
    return ok('database', `PostgreSQL ${rows[0]?.version} of DATABASE_URL`);
  } catch (cause) {
    const known = asMooseError(cause, 'connect');
    return {
      name: 'database',
      state: 'missing',
      found: `the server of DATABASE_URL cannot be used: ${wordsOf(known)}`,
      advice: adviceOf(known, 'Start it, or check the address, user and password.'),
    };
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function models(config: Config): Promise<Diagnosis> {
  const names = [...new Set(Object.values(config.engine.models).flat())];
  if (names.length === 0) {
    return {
      name: 'models',
      state: 'warning',
      found: 'none',
      advice: 'Set ANTHROPIC_API_KEY or OPENAI_API_KEY; `moose demo` works without.',
    };
  }
  const priceOf = findKnownPrice(config.prices);
  const problems = names.flatMap((name) => {
    try {
      createModel(name, config.models, priceOf);
      return [];
    } catch (cause) {
      return [adviceOf(cause, 'Check its settings.')];
    }
  });
  const [first] = problems;
  return first
    ? { name: 'models', state: 'warning', found: names.join(', '), advice: first }
    : ok('models', names.join(', '));
}

async function isolation({ engine }: Config): Promise<Diagnosis> {
  const name = 'isolation';
  if (engine.isolation === 'off')
    return {
      name,
      state: 'warning',
      found: 'none: MOOSE_ISOLATION is "off", so agents reach all that their user reaches',
      advice: 'Set it to "auto" or "require".',
    };
  const { level, reason, advice } = await probeIsolation();
  if (level === 'network') return { name, state: 'ok', found: `network: ${reason}`, advice };
  const state = engine.isolation === 'require' ? 'missing' : 'warning';
  return { name, state, found: `none: ${reason}`, advice };
}

async function agents(config: Config): Promise<Diagnosis[]> {
  return Promise.all(
    [...createAgents(config).values()].map(async (agent): Promise<Diagnosis> => {
      const probe = await agent.probe();
      const name = `agent ${agent.name}`;
      if (!probe.isInstalled) return { name, state: 'warning', found: 'not installed', advice: probe.advice };
      const isTested = probe.testedVersion === null || probe.version === probe.testedVersion;
      const found = `${probe.version ?? 'built in'}${isTested ? '' : ` (tested with ${probe.testedVersion})`}`;
      return { name, state: isTested ? 'ok' : 'warning', found, advice: isTested ? null : probe.advice };
    }),
  );
}

function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function adviceOf(cause: unknown, otherwise: string): string {
  return isMooseError(cause) ? (cause.advice ?? cause.message) : otherwise;
}
