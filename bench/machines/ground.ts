// One PostgreSQL, one scripted model and one repository for many Moose processes, each on a machine of its own: with its
// own host name, mounts, process table and data directory. They share the network of this machine.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sql } from 'kysely';
import { createScratchRepository } from '../../src/demo/scratch-repository.ts';
import { migrateDurable } from '../../src/durable/migrate-durable.ts';
import { submit } from '../../src/engine/commands/submit/submit.ts';
import { scriptedModels } from '../../src/models/prices.ts';
import { startEmbedded } from '../../src/postgres/start/start-embedded.ts';
import { sleep } from '../../src/stdx/async/sleep.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/schema/migrate.ts';
import { mooseProgram } from '../../test/moose-program.ts';
import { inOwnNamespaces } from '../../test/own-namespaces.ts';
import { statOf } from '../pipeline/cpu.ts';
import { familySeconds, listPids, namespaceOf, postmasterOf, wholeSeconds } from './processes.ts';
import { startModel } from './start-model.ts';

export interface Machine {
  name: string;
  /** The processor time of everything that runs on the machine and has run there, in seconds. */
  cpuSeconds(): number;
  /** Lets the steps in progress finish, then ends the machine. */
  stop(): Promise<void>;
}

export interface ManyMachines {
  database: Database;
  /** Resolves when the machine takes up work. */
  startMachine(name: string): Promise<Machine>;
  /** Submits work orders with unique titles; resolves with their IDs. */
  submitMany(count: number): Promise<string[]>;
  /** The model calls for each title so far. */
  callsByTitle(): Promise<Map<string, number>>;
  /** The processor time of the database server, in seconds. */
  databaseCpuSeconds(): number;
  close(): Promise<void>;
}

const connectionsMax = '500';
/** Large enough that nothing waits for money. */
const budgetUsd = 1_000_000;
const startMsMax = 120_000;
const stopMsMax = 60_000;

export async function openManyMachines(
  { modelMs, runsMax }: { modelMs: number; runsMax: number },
  signal: AbortSignal,
): Promise<ManyMachines> {
  // The real path is needed, because sessions report their directory as one.
  const root = await realpath(await mkdtemp(join(tmpdir(), 'moose-bench-machines-')));
  const closes: (() => Promise<void>)[] = [() => rm(root, { recursive: true, force: true, maxRetries: 3 })];
  const close = async () => {
    for (const act of closes.toReversed()) await act();
  };
  try {
    const server = await startEmbedded({
      directory: join(root, 'postgres'),
      settings: { max_connections: connectionsMax },
      signal,
    });
    closes.push(() => server.stop());
    await migrate(server.url);
    await migrateDurable(server.url);
    const database = openDatabase(server.url);
    closes.push(() => database.close());
    await sql`update system_config set value = ${JSON.stringify(String(budgetUsd))}
      where key in ('budget.daily_limit_usd', 'budget.monthly_limit_usd')`.execute(database.query);
    const model = await startModel(modelMs, signal);
    closes.push(() => model.stop());
    const repository = await createScratchRepository(join(root, 'till'), signal);
    const postmaster = await postmasterOf(database);
    const given = { root, url: server.url, baseUrl: model.baseUrl, runsMax };
    return {
      database,
      startMachine: async (name) => {
        const machine = await startMachine(given, name);
        closes.push(() => machine.stop());
        return machine;
      },
      submitMany: (count) => submitMany(database, repository.path, count),
      callsByTitle: model.callsByTitle,
      databaseCpuSeconds: () => familySeconds(postmaster),
      close,
    };
  } catch (cause) {
    await close();
    throw cause;
  }
}

interface Given {
  root: string;
  url: string;
  baseUrl: string;
  runsMax: number;
}

async function startMachine({ root, url, baseUrl, runsMax }: Given, name: string): Promise<Machine> {
  const data = join(root, name);
  await mkdir(data);
  const [program = '', ...before] = inOwnNamespaces(name);
  const child = spawn(
    program,
    [...before, process.execPath, mooseProgram, 'worker', '--json', '--data', data],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env.PATH,
        HOME: data,
        MOOSE_DATABASE_URL: url,
        MOOSE_SCRIPTED_BASE_URL: baseUrl,
        MOOSE_AGENT: 'patch',
        MOOSE_MODELS: Object.values(scriptedModels).join(','),
        MOOSE_LOG_LEVEL: 'error',
        MOOSE_RUNS_MAX: String(runsMax),
        MOOSE_PROJECT_SLOTS: '1000',
        MOOSE_PROVIDER_SLOTS: '1000',
      },
    },
  );
  const pid = await startedPid(child);
  const namespace = namespaceOf(pid) ?? '';
  const isGone = once(child, 'exit');
  const members = () => listPids().filter((one) => namespaceOf(one) === namespace);
  return {
    name,
    cpuSeconds: () => members().reduce((sum, one) => sum + wholeSeconds(one), 0),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      process.kill(pid, 'SIGTERM');
      await Promise.race([isGone, sleep(stopMsMax)]);
      // Ends the whole namespace, with the gateway and whatever else is left.
      child.kill('SIGKILL');
      await isGone;
    },
  };
}

/** The worker's PID as this machine sees it. It prints the one of its own machine. */
async function startedPid(child: ChildProcess): Promise<number> {
  if (!child.stdout || child.pid === undefined) throw new Error('A machine could not be started');
  const lines = createInterface({ input: child.stdout });
  const isUp = (async () => {
    for await (const line of lines) if (line.includes('.started')) return true;
    return false;
  })();
  const isStarted = await Promise.race([isUp, sleep(startMsMax).then(() => false)]);
  const shell = childOf(child.pid);
  const worker = shell && childOf(shell);
  if (!isStarted || !worker) {
    child.kill('SIGKILL');
    throw new Error('A machine did not start');
  }
  child.stdout.resume();
  return worker;
}

const childOf = (pid: number) => listPids().find((one) => statOf(one)?.parent === pid);

async function submitMany(database: Database, repositoryPath: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  // The fastest possible check, so that Moose is measured, not the project.
  const checks = [{ kind: 'test' as const, command: 'true', source: 'the benchmark' }];
  for (let n = 0; n < count; n++) {
    const title = `Note ${crypto.randomUUID()}`;
    const { order } = await submit(
      { database, clock: systemClock },
      { title, repositoryPath, checks },
      'human:bench',
    );
    ids.push(order.id);
  }
  return ids;
}
