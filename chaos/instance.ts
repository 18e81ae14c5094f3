// A scratch instance: its own folder, PostgreSQL, provider, repositories and Moose processes. It takes only
// the search path from the user's environment, so it cannot reach the user's data, database or keys.

import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sql } from 'kysely';
import { type Opened, openMoose } from '../src/app/compose.ts';
import { type Config, readConfig } from '../src/app/config/config.ts';
import type { Script } from '../src/demo/scripted-answer.ts';
import { parseCheck } from '../src/engine/workplace/checks/parse-check.ts';
import { mooseIdentity } from '../src/git/commit/identity.ts';
import { runGit } from '../src/git/run/run-git.ts';
import { sleep } from '../src/stdx/async/sleep.ts';
import { ownProgram } from '../src/stdx/files/own-files.ts';
import type { Database } from '../src/store/database.ts';
import { type Clocks, openClocks } from './clocks.ts';
import { type DatabaseRelay, startDatabaseRelay } from './database-relay.ts';
import { endLeftovers } from './end-leftovers.ts';
import { chaosFailures } from './failure-catalogue.ts';
import { environmentOf, hasty } from './instance-environment.ts';
import { type MooseProcesses, mooseProcesses, type Role } from './moose-processes.ts';
import { type ChaosProvider, startChaosProvider } from './provider.ts';
import type { Scenario } from './scenario.ts';
import { bothRelays, openSecondMachine, type SecondMachine } from './second-machine.ts';
import { mountSmallDisk } from './small-disk.ts';
import { chaosScript, checkOf, descriptionOf, titleOf } from './work.ts';

/** Shared work takes turns on these. Faults that run side by side use the others, so each hits only its own work. */
const sharedRepositories = 2;
export const ownRepositories = 6;
const limitNanoUsd = 1_000_000_000n;
const lookEveryMs = 100;

/** A work order whose submission Moose confirmed, as recorded by the instance itself. */
export interface Submitted {
  id: string;
  number: number;
  title: string;
  repositoryPath: string;
  /** The repository that it is pushed to, if that belongs to neither machine; null if Moose keeps it. */
  remotePath: string | null;
  /** The scenario of its round; null for work before the first fault. */
  scenario: string | null;
  limitNanoUsd: bigint;
}

/** Somebody else's commit, which Moose must not destroy. */
export interface Stranger {
  /** The work order to which its branch belongs; null for somebody else's branch. */
  workOrderId: string | null;
  repositoryPath: string;
  sha: string;
  scenario: string;
}

export interface Submission {
  scenario?: Scenario;
  /** How the scripted agent does it; if absent, the scenario decides. */
  agent?: Scenario['agent'];
  /** The number of its own repository; if absent, it takes turns on the shared ones. */
  own?: number;
}

export interface Instance {
  root: string;
  dataDirectory: string;
  /** Null if all processes run on one machine. */
  second: SecondMachine | null;
  /** Connected directly, not through the relay. */
  database: Database;
  moose: Opened['moose'];
  /** The Moose of this process, which does no work, and its settings. */
  opened: Opened;
  config: Config;
  provider: ChaosProvider;
  relay: DatabaseRelay;
  processes: MooseProcesses;
  clocks: Clocks;
  /** The disk mounted below the worktrees; null if this user may not mount one. */
  disk: string | null;
  submitted: Submitted[];
  strangers: Stranger[];
  signal: AbortSignal;
  submit(count: number, given?: Submission): Promise<Submitted[]>;
  close(): Promise<void>;
}

interface Opening {
  /** The Moose to start; if absent, this one. */
  program?: string;
  /** 2: `moose worker` runs on another machine. */
  machines?: number;
  /** The processes that run; both by default. */
  roles?: readonly Role[];
  /** The answers of the scripted model; by default for the work of the chaos suite only. */
  script?: Script;
  /** Whose work it is, and who signs in. */
  actor?: string;
}

export async function openInstance(
  given: string | undefined,
  signal: AbortSignal,
  { program = ownProgram('main'), machines = 1, roles, script = chaosScript, actor = 'chaos' }: Opening = {},
): Promise<Instance> {
  const root = await scratchRoot(given);
  const dataDirectory = join(root, 'data');
  const ends: (() => Promise<unknown>)[] = [() => rm(root, { recursive: true, force: true, maxRetries: 5 })];
  /** Ends everything, even if something fails to end. @throws the first failure */
  const close = async () => {
    const failures: unknown[] = [];
    for (const end of ends.splice(0).reverse())
      await end().catch((failure: unknown) => void failures.push(failure));
    if (failures.length > 0) throw failures[0];
  };
  try {
    const provider = await startChaosProvider(script);
    ends.push(provider.stop);
    const environment = await environmentOf(root, provider.baseUrl, actor);
    await mkdir(dataDirectory, { mode: 0o711 });
    const disk = await mountSmallDisk(join(dataDirectory, 'worktrees'));
    ends.push(async () => disk?.unmount());
    const config = readConfig(environment, { data: dataDirectory });
    const opened = await openMoose(config, signal);
    ends.push(opened.close);
    await opened.moose.settings.change('settings.policies.recovery', { value: hasty() });
    const { database, moose } = opened;
    const own = await startDatabaseRelay(database.url);
    ends.push(own.close);
    const second = machines === 2 ? await openSecondMachine(root, database.url, environment) : null;
    if (second) ends.push(second.relay.close);
    const relay = second ? bothRelays(own, second.relay) : own;
    const paths = await makeRepositories(root, signal, second !== null);
    const clocks = await openClocks(root);
    const processes = mooseProcesses({
      program,
      clocks,
      dataDirectory,
      signal,
      second: second?.place ?? null,
      environment: { ...environment, MOOSE_DATABASE_URL: own.url },
      ...(roles === undefined ? {} : { roles }),
    });
    ends.push(() => endLeftovers(root), processes.close);
    await processes.startMissing();
    const submitted: Submitted[] = [];
    /** Submissions run concurrently, so each reserves its number before its work order is confirmed. */
    let numbered = 0;
    return {
      root,
      dataDirectory,
      second,
      database,
      moose,
      opened,
      config,
      provider,
      relay,
      processes,
      clocks,
      submitted,
      strangers: [],
      signal,
      disk: disk?.path ?? null,
      async submit(count, { scenario, agent = scenario?.agent, own } = {}) {
        const made: Submitted[] = [];
        for (let n = 0; n < count; n++) {
          const number = ++numbered;
          const at = own === undefined ? number % sharedRepositories : sharedRepositories + own;
          const repositoryPath = paths[at] ?? '';
          const title = titleOf(number);
          const { order } = await moose.submit({
            title,
            limitNanoUsd,
            repositoryPath: second ? `file://${repositoryPath}` : repositoryPath,
            checks: [parseCheck(checkOf(number))],
            description: descriptionOf(number, agent),
            ...(agent ? { agent: 'claude-code' } : {}),
          });
          const one = {
            id: order.id,
            number,
            title,
            repositoryPath,
            remotePath: second ? repositoryPath : null,
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
  throw chaosFailures.CHAOS_DIRECTORY_USED('open', { root });
}

/** `areRemotes`: they belong to neither machine. */
async function makeRepositories(root: string, signal: AbortSignal, areRemotes: boolean): Promise<string[]> {
  const paths = Array.from({ length: sharedRepositories + ownRepositories }, (_, at) =>
    join(root, `repository-${at + 1}`),
  );
  for (const path of paths) {
    await mkdir(path, { mode: 0o755 });
    await writeFile(join(path, 'README.md'), 'A field.\n');
    await runGit(path, ['init', '--quiet', '--initial-branch=main', '--template='], { signal });
    await runGit(path, ['add', '--all'], { signal });
    await runGit(path, ['commit', '--quiet', '-m', 'A field'], { signal, env: mooseIdentity });
  }
  return areRemotes ? makeRemotes(paths, signal) : paths;
}

/** Bare copies: a machine cannot work in the folder of another one. */
async function makeRemotes(paths: readonly string[], signal: AbortSignal): Promise<string[]> {
  for (const path of paths) {
    await runGit(path, ['init', '--quiet', '--bare', '--initial-branch=main', '--template=', `${path}.git`], {
      signal,
    });
    await runGit(path, ['push', '--quiet', `${path}.git`, 'main'], { signal });
  }
  return paths.map((path) => `${path}.git`);
}

/** The statuses of these work orders, without those that have no row. */
export async function statusesOf(database: Database, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; status: string }>`select id::text, status::text from work_orders
    where id = any (${ids}::uuid[])`.execute(database.query);
  return new Map(rows.map(({ id, status }) => [id, status]));
}

const openStatuses = ['pending', 'in_progress'];

/** Waits until all of these have ended. Returns false if they did not in time. */
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
