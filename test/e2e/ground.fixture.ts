// A whole Moose in this process, with a separate database, a scripted model and repositories; and the questions to ask
// after each kind of failure.

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Opened, openMoose } from '../../src/app/compose.ts';
import { type Config, readConfig } from '../../src/app/config/config.ts';
import { startWorker } from '../../src/app/start-worker.ts';
import type { WorkOrderRecord } from '../../src/contract/contract.ts';
import type { Script, ScriptedAnswer, ScriptedRequest } from '../../src/demo/scripted-answer.ts';
import { type ScriptedProvider, startScriptedProvider } from '../../src/demo/scripted-provider.ts';
import type { Proposal } from '../../src/domain/agents/proposal.ts';
import type { Submission } from '../../src/engine/commands/submit/submission.ts';
import type { RecoveryPolicy } from '../../src/engine/policy/recovery-policy.ts';
import { scriptedModels } from '../../src/models/prices.ts';
import { cloneDatabase } from '../database.ts';
import { endGateways } from './gateway-processes.fixture.ts';
import { endSessions } from './left-sessions.fixture.ts';
import { installMisbehavingClaude } from './misbehaving-claude.fixture.ts';
import { killMooseProcesses } from './moose-process.ts';
import { makeRepository } from './repository.fixture.ts';

export interface Ground {
  opened: Opened;
  config: Config;
  provider: ScriptedProvider;
  directory: string;
  /** A folder that checks can also see and write to. */
  shared: string;
  /** Sets the model's answers for the work order with this title; without it, the model writes a new file. */
  answer(title: string, script: (request: ScriptedRequest) => ScriptedAnswer | Promise<ScriptedAnswer>): void;
  /** Submits a work order in a new repository; the title is made unique, so that each has its own answers. */
  submit(
    given?: Partial<Submission> & { answer?: Script },
  ): Promise<{ id: string; title: string; repositoryPath: string }>;
  /** Waits until the work order is settled. */
  settled(id: string, msMax?: number): Promise<WorkOrderRecord>;
  callsFor(id: string): number;
  close(): Promise<void>;
}

/** Only what hangs takes that long, also beside other tests. */
export const settledMsMax = 150_000;

export const passes = [{ kind: 'test', command: 'true', source: 'given' }] as const;

export function writes(path: string, content: string, plan = 'Write it.'): Proposal {
  return { plan, edits: [{ kind: 'write', path, content }], risks: [] };
}

/** An answer in the provider's format, billed for this many tokens whatever its length. */
export function billed(content: string, outputTokens: number): ScriptedAnswer {
  const choice = { index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' };
  const usage = { prompt_tokens: 100, completion_tokens: outputTokens, total_tokens: 100 + outputTokens };
  const frame = { id: 'scripted', object: 'chat.completion', created: 0, model: 'scripted' };
  return { status: 200, body: { ...frame, choices: [choice], usage } };
}

/** The same recovery table with waits that are short enough for a test. */
export function inHaste(policies: readonly RecoveryPolicy[]): RecoveryPolicy[] {
  const quick = 20;
  return policies.map((row) => (row.delaysMs ? { ...row, delaysMs: row.delaysMs.map(() => quick) } : row));
}

/**
 * Other tests load the machine, and alter nothing here: a busy machine leaves the reviewer out, and uses half of its slots.
 * `src/engine/recovery/pressure` tests that.
 */
const whateverLoad = {
  cpuWaitShare: { high: 1 },
  loadPerCore: { high: 1_000_000 },
  eventLoopLagMs: { high: 1_000_000_000 },
  databaseWaiting: { high: 1_000_000_000 },
};

/** `works: false`: processes that the test starts do the work. */
export async function openGround(
  env: Record<string, string> = {},
  { dataDirectory, works = true }: { dataDirectory?: string; works?: boolean } = {},
): Promise<Ground> {
  const directory = await mkdtemp(join(tmpdir(), 'moose-ground-'));
  const shared = await madeIn(directory, 'shared');
  const database = await cloneDatabase();
  const scripts = new Map<string, Script>();
  const provider = await startScriptedProvider({
    script: (request) => (scripts.get(request.title ?? '') ?? ownFile)(request),
  });
  const config = configOf(
    {
      MOOSE_DATABASE_URL: database.url,
      MOOSE_SCRIPTED_BASE_URL: provider.baseUrl,
      MOOSE_CLAUDE_PATH: await installMisbehavingClaude(directory),
      HOME: directory,
      MOOSE_SANDBOX_PATHS: `${shared}:rw`,
      ...env,
    },
    dataDirectory ?? join(directory, 'data'),
  );
  const opened = await openMoose(config);
  const { moose } = opened;
  const lost = (error: Error) => {
    throw error;
  };
  const worker = works ? await startWorker(opened, config, lost) : null;
  let count = 0;
  return {
    opened,
    config,
    provider,
    directory,
    shared,
    answer: (title, script) => void scripts.set(title, script),
    async submit({ answer, ...given } = {}) {
      count += 1;
      const title = given.title ?? `Work order ${count}`;
      if (answer) scripts.set(oneLine(title), answer);
      const repositoryPath =
        given.repositoryPath ?? (await makeRepository(join(directory, 'repositories', String(count))));
      const { order } = await moose.submit({ checks: passes, ...given, title, repositoryPath });
      return { id: order.id, title, repositoryPath };
    },
    async settled(id, msMax = settledMsMax) {
      const signal = AbortSignal.timeout(msMax);
      await moose.follow(await moose.find(id), { signal, onEvent: () => undefined });
      return opened.moose.show(id);
    },
    callsFor: (id) => provider.calls().filter(({ workOrderId }) => workOrderId === id).length,
    async close() {
      await killMooseProcesses(config.dataDirectory);
      await worker?.close();
      await opened.close();
      await endSessions(config.dataDirectory);
      await endGateways(config.dataDirectory);
      await provider.stop();
      await database.drop();
      await rm(directory, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

function configOf(env: Record<string, string>, data: string): Config {
  const usual = {
    PATH: process.env.PATH,
    MOOSE_MODELS: Object.values(scriptedModels).join(','),
    MOOSE_LOG_LEVEL: 'silent',
    MOOSE_ACTOR: 'ada',
  };
  const config = readConfig({ ...usual, ...env }, { data });
  const { engine } = config;
  const quick = {
    recovery: inHaste(engine.recovery),
    stopGraceMs: 200,
    outputBytesMax: 4 * 1024 * 1024,
    pressure: { ...engine.pressure, ...whateverLoad },
  };
  return { ...config, engine: { ...engine, ...quick } };
}

async function madeIn(directory: string, name: string): Promise<string> {
  const path = join(directory, name);
  await mkdir(path);
  return path;
}

function oneLine(title: string): string {
  return title.replace(/\s+/g, ' ').trim();
}

function ownFile({ title, attempt }: ScriptedRequest): Proposal {
  return writes(
    `notes/${(title ?? 'untitled').replace(/[^\w]+/g, '-').slice(0, 80)}.md`,
    `${title}, attempt ${attempt}\n`,
  );
}

/** All step states that the work order went through, in order. */
export async function stepStates({ opened: { moose } }: Ground, id: string): Promise<unknown[]> {
  const { items } = await moose.workOrders.events(id, { limit: 1_000 });
  return items.flatMap(({ to }) => (to === null ? [] : [to.step_state]));
}
