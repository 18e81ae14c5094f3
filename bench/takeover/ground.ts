// Two real Moose processes and a work order whose check waits at a gate. With the embedded database, both use one data
// directory; with a given database, each has its own, as on two machines.
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { createScratchRepository } from '../../src/demo/scratch-repository.ts';
import { startScriptedProvider } from '../../src/demo/scripted-provider.ts';
import { submit } from '../../src/engine/commands/submit/submit.ts';
import { parseCheck } from '../../src/engine/workplace/checks/parse-check.ts';
import { urlOfRunning } from '../../src/postgres/running-url.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import { openSilentWay, type SilentWay } from '../../src/store/connection/open-silent-way.fixture.ts';
import { openDatabase } from '../../src/store/database.ts';
import { startTestServer, templateName } from '../../test/database-server.ts';
import { endGateways } from '../../test/e2e/gateway-processes.fixture.ts';
import { type MooseProcess, startMoose } from '../../test/e2e/moose-process.ts';

export interface Ground {
  /** The process that carries the work order, whose check waits. */
  first: MooseProcess;
  /** The relay for the first process's connections, if the database is given. */
  way: SilentWay | null;
  startOther(): Promise<void>;
  openGate(): Promise<void>;
  /** How often the run was taken up. */
  fence(): Promise<number>;
  isCompleted(): Promise<boolean>;
  close(): Promise<void>;
}

export const embeddedGround = (signal: AbortSignal) => openGround(signal, false);
export const givenGround = (signal: AbortSignal) => openGround(signal, true);

async function openGround(signal: AbortSignal, isGiven: boolean): Promise<Ground> {
  // The real path is needed, because sessions report their directory as one.
  const root = await realpath(await mkdtemp(join(tmpdir(), 'moose-bench-takeover-')));
  const gates = join(root, 'gates');
  const gate = join(gates, 'open');
  await mkdir(gates);
  const [data, otherData] = [join(root, 'data'), join(root, isGiven ? 'other' : 'data')];
  const repository = await createScratchRepository(join(root, 'till'), signal);
  const provider = await startScriptedProvider({
    script: () => ({
      plan: 'Write made.txt',
      risks: [],
      edits: [{ kind: 'write', path: 'made.txt', content: 'made\n' }],
    }),
  });
  const server = isGiven ? await startTestServer() : null;
  const givenUrl = server && databaseIn(server.url, templateName);
  const way = givenUrl === null ? null : await openSilentWay(givenUrl);
  const started: MooseProcess[] = [];
  const isGone = new Set<MooseProcess>();
  const start = async (dataDirectory: string, url: string | null) => {
    const moose = await startMoose({
      ...(url === null ? {} : { databaseUrl: url }),
      dataDirectory,
      scriptedBaseUrl: provider.baseUrl,
      env: { MOOSE_SANDBOX_PATHS: gates, MOOSE_AGENT: 'patch' },
    });
    started.push(moose);
    void moose.gone.then(() => isGone.add(moose));
    return moose;
  };
  const first = await start(data, way?.url ?? null);
  const url = givenUrl ?? (await urlOfRunning(join(data, 'postgres'), 'moose'));
  if (url === null) throw new Error('The embedded database is not running');
  const database = openDatabase(url);
  const one = async <T>(statement: ReturnType<typeof sql<T>>) =>
    (await statement.execute(database.query)).rows[0];
  const submission = {
    title: 'Make it',
    repositoryPath: repository.path,
    checks: [parseCheck(`test=until [ -e ${gate} ]; do sleep 0.1; done`)],
  };
  await submit({ database, clock: systemClock }, submission, 'human:bench');
  await until(async () => {
    const running = await one(
      sql<{
        n: number;
      }>`select count(*)::int as n from sessions where purpose = 'check' and state = 'running'`,
    );
    return running?.n === 1;
  }, signal);
  return {
    first,
    way,
    startOther: async () => void (await start(otherData, givenUrl)),
    openGate: () => writeFile(gate, ''),
    fence: async () => (await one(sql<{ fence: number }>`select fence::int as fence from runs`))?.fence ?? 0,
    isCompleted: async () =>
      (await one(sql<{ status: string }>`select status from work_orders`))?.status === 'completed',
    close: async () => {
      await database.close();
      for (const moose of started.toReversed()) {
        if (!isGone.has(moose)) process.kill(moose.pid, 'SIGCONT');
        await moose.stop();
      }
      for (const directory of new Set([data, otherData])) await endGateways(directory);
      way?.close();
      await server?.stop();
      await provider.stop();
      await rm(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function databaseIn(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

const lookEveryMs = 100;
const waitMsMax = 180_000;

export async function until(isSo: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  const deadlineMs = performance.now() + waitMsMax;
  while (!(await isSo())) {
    signal.throwIfAborted();
    if (performance.now() > deadlineMs) throw new Error('The work did not go on');
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}
