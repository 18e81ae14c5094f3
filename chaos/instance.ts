// A scratch instance: its own folder, PostgreSQL, provider, repositories and Moose processes. It takes nothing from the
// user's environment but the search path, so it cannot reach the user's data, database or keys.
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sql } from 'kysely';
import { type Opened, openMoose } from '../src/app/compose.ts';
import { readConfig } from '../src/app/config/config.ts';
import { ConfigurationError } from '../src/domain/failure.ts';
import { parseGivenCheck } from '../src/engine/pipeline/checks/given-check.ts';
import { defaultRecoveryPolicies } from '../src/engine/policy/default-policies.ts';
import { rowsOfPolicies } from '../src/engine/policy/recovery-rows.ts';
import { mooseIdentity } from '../src/git/identity.ts';
import { runGit } from '../src/git/run-git.ts';
import { scriptedModels } from '../src/models/prices.ts';
import { sleep } from '../src/stdx/sleep.ts';
import type { Database } from '../src/store/database.ts';
import { type DatabaseRelay, startDatabaseRelay } from './database-relay.ts';
import { endLeftovers } from './end-leftovers.ts';
import { type MooseProcesses, mooseProcesses } from './moose-processes.ts';
import { type ChaosProvider, startChaosProvider } from './provider.ts';
import type { Scenario } from './scenario.ts';
import { mountSmallDisk } from './small-disk.ts';
import { chaosScript, checkOf, descriptionOf, installAgent, titleOf } from './work.ts';

const repositories = 2;
/** Delays of the recovery table are shortened to this share; counts are not. */
const hasteShare = 1 / 20;
const limitNanoUsd = 1_000_000_000n;
const lookEveryMs = 100;

/** A work order that the instance has acknowledged, by its own record and not by Moose's. */
export interface Submitted {
  id: string;
  number: number;
  title: string;
  repositoryPath: string;
  /** The scenario of its round; null for the work before the first fault. */
  scenario: string | null;
  limitNanoUsd: bigint;
}

/** A commit of somebody else, which Moose must not destroy. */
export interface Stranger {
  repositoryPath: string;
  sha: string;
  scenario: string;
}

export interface Instance {
  root: string;
  dataDirectory: string;
  /** Reached directly, not through the relay. */
  database: Database;
  moose: Opened['moose'];
  provider: ChaosProvider;
  relay: DatabaseRelay;
  processes: MooseProcesses;
  /** The mounted disk below the worktrees; null if this user may not mount one. */
  disk: string | null;
  submitted: Submitted[];
  strangers: Stranger[];
  signal: AbortSignal;
  submit(count: number, scenario?: Scenario): Promise<Submitted[]>;
  close(): Promise<void>;
}

const secondMs = 1_000;

export async function openInstance(given: string | undefined, signal: AbortSignal): Promise<Instance> {
  const root = await scratchRoot(given);
  const dataDirectory = join(root, 'data');
  const ends: (() => Promise<unknown>)[] = [() => rm(root, { recursive: true, force: true, maxRetries: 5 })];
  /** Ends everything, also if one of the ends fails. @throws the first failure */
  const close = async () => {
    const failures: unknown[] = [];
    for (const end of ends.splice(0).reverse())
      await end().catch((failure: unknown) => void failures.push(failure));
    if (failures.length > 0) throw failures[0];
  };
  try {
    const provider = await startChaosProvider(chaosScript);
    ends.push(provider.stop);
    const environment = await environmentOf(root, provider.baseUrl);
    await mkdir(dataDirectory, { mode: 0o711 });
    const disk = await mountSmallDisk(join(dataDirectory, 'worktrees'));
    ends.push(async () => disk?.unmount());
    const opened = await openMoose(readConfig(environment, { data: dataDirectory }), signal);
    ends.push(opened.close);
    await opened.moose.settings.change('settings.policies.recovery', { value: hasty() });
    const { database, moose } = opened;
    const relay = await startDatabaseRelay(database.url);
    ends.push(relay.close);
    const paths = await makeRepositories(root, signal);
    const started = { ...environment, MOOSE_DATABASE_URL: relay.url };
    const processes = mooseProcesses({ dataDirectory, environment: started, signal });
    ends.push(() => endLeftovers(dataDirectory));
    ends.push(processes.close);
    await processes.startMissing();
    const submitted: Submitted[] = [];
    return {
      ...{
        root,
        dataDirectory,
        database,
        moose,
        provider,
        relay,
        processes,
        submitted,
        strangers: [],
        signal,
      },
      disk: disk?.path ?? null,
      async submit(count, scenario) {
        const made: Submitted[] = [];
        for (let n = 0; n < count; n++) {
          const number = submitted.length + 1;
          const repositoryPath = paths[number % paths.length] ?? '';
          const title = titleOf(number);
          const { order } = await moose.submit({
            ...{ title, repositoryPath, limitNanoUsd, checks: [parseGivenCheck(checkOf(number))] },
            description: descriptionOf(number, scenario?.agent),
            ...(scenario?.agent ? { agent: 'claude-code' } : {}),
          });
          const one = {
            id: order.id,
            number,
            title,
            repositoryPath,
            scenario: scenario?.name ?? null,
            limitNanoUsd,
          };
          made.push(one);
          submitted.push(one);
        }
        return made;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @throws ConfigurationError CHAOS_DIRECTORY_USED */
async function scratchRoot(given: string | undefined): Promise<string> {
  if (given === undefined) {
    const root = await mkdtemp(join(tmpdir(), 'moose-chaos-'));
    // The account of the embedded PostgreSQL must be able to enter it.
    await chmod(root, 0o711);
    return root;
  }
  const root = resolve(given);
  await mkdir(root, { recursive: true, mode: 0o711 });
  if ((await readdir(root)).length === 0) return root;
  throw new ConfigurationError({
    code: 'CHAOS_DIRECTORY_USED',
    component: 'chaos',
    operation: 'open',
    message: `${root} is not empty, and the chaos suite deletes its folder at its end.`,
    advice: 'Name a folder that does not exist yet with --data, or leave --data out.',
  });
}

async function environmentOf(root: string, scriptedBaseUrl: string): Promise<Record<string, string>> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: root,
    MOOSE_MODELS: Object.values(scriptedModels).join(','),
    MOOSE_SCRIPTED_BASE_URL: scriptedBaseUrl,
    MOOSE_CLAUDE_PATH: await installAgent(root),
    MOOSE_ACTOR: 'chaos',
    MOOSE_LOG_LEVEL: 'error',
    MOOSE_PORT: '0',
    MOOSE_CIRCUIT_RECOVERY_MS: '500',
    MOOSE_PAUSE_MS: '200',
    MOOSE_MODEL_TIMEOUT_MS: String(5 * secondMs),
    MOOSE_SILENCE_MS: String(6 * secondMs),
    MOOSE_IDLE_MS: String(6 * secondMs),
  };
}

function hasty() {
  return rowsOfPolicies(defaultRecoveryPolicies).map((row) => ({
    ...row,
    delays_ms: row.delays_ms.map((delayMs) => Math.round(delayMs * hasteShare)),
  }));
}

async function makeRepositories(root: string, signal: AbortSignal): Promise<string[]> {
  const paths = Array.from({ length: repositories }, (_, at) => join(root, `repository-${at + 1}`));
  for (const path of paths) {
    await mkdir(path, { mode: 0o755 });
    await writeFile(join(path, 'README.md'), 'A field.\n');
    await runGit(path, ['init', '--quiet', '--initial-branch=main', '--template='], { signal });
    await runGit(path, ['add', '--all'], { signal });
    await runGit(path, ['commit', '--quiet', '-m', 'A field'], { signal, env: mooseIdentity });
  }
  return paths;
}

/** The statuses of these work orders; one without a row is missing. */
export async function statusesOf(database: Database, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; status: string }>`select id::text, status::text from work_orders
    where id = any (${ids}::uuid[])`.execute(database.query);
  return new Map(rows.map(({ id, status }) => [id, status]));
}

const openStatuses = ['pending', 'in_progress'];

/** Waits until none of these is open. Returns whether that came in time. */
export async function waitUntilEnded(
  { database, signal }: Pick<Instance, 'database' | 'signal'>,
  orders: readonly Submitted[],
  withinMs: number,
): Promise<boolean> {
  const until = performance.now() + withinMs;
  for (;;) {
    const statuses = await database.run(() =>
      statusesOf(
        database,
        orders.map(({ id }) => id),
      ),
    );
    if (![...statuses.values()].some((status) => openStatuses.includes(status))) return true;
    if (performance.now() > until) return false;
    await sleep(lookEveryMs, signal);
  }
}
