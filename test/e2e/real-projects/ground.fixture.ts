// For tests: a machine with the pinned pi as its agent, whose model is scripted, and a project behind a URL.

import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { cachePath } from '../../../scripts/agents/install-agent.ts';
import type {
  AddedProject,
  PrintedInit,
  WorkOrder,
  WorkOrderRecord,
} from '../../../src/contract/contract.ts';
import type { PreparingResult } from '../../../src/domain/work-order/step-result.ts';
import { makeDirectory } from '../../../src/stdx/files/make-directory.ts';
import { installReal } from '../../agents/agent-ground.fixture.ts';
import { startScriptedProvider } from '../../agents/scripted-provider.fixture.ts';
import { longOr } from '../../long.ts';
import { mooseWithin } from '../command-line.fixture.ts';
import { guardedServer } from '../git-host.fixture.ts';
import { openGround } from '../ground.fixture.ts';
import { git } from '../repository.fixture.ts';
import type { Recipe } from './recipe.fixture.ts';
import { realProject } from './recipes.fixture.ts';
import { installPnpm, installUv, installYarn, searchPath } from './run-tool.fixture.ts';

const minuteMs = 60_000;
/** On a busy machine, Moose waits before it begins a work order. */
export const commandMsMax = longOr(30, 10) * minuteMs;

/** Increase this when a recipe makes something else. */
const recipesVersion = 1;

export interface RealGround {
  /** The address by which the project is added. */
  url: string;
  /** A person's clone of it. */
  clone: string;
  init(): Promise<PrintedInit>;
  push(message: string): Promise<void>;
  add(): Promise<AddedProject>;
  /** Runs a work order to its end. */
  run(title: string): Promise<WorkOrderRecord>;
  /** What its agent and checks printed. */
  logs(id: string): Promise<string>;
  /** How its worktree was prepared, how long that took, and how long the step waited for the busy machine before. */
  prepared(id: string): Promise<{ way: string; tookMs: number; waitedMs: number }>;
}

/** Certificates and registries of this machine. */
function inherited(): Record<string, string> {
  const all = Object.entries(process.env).filter(([name]) => !/^(?:MOOSE_|VITEST|NODE_(?!EXTRA))/.test(name));
  return Object.fromEntries(all.map(([name, value]) => [name, value ?? '']));
}

/** The agent runs `shell` in its first turn. */
export async function openReal(recipe: Recipe, shell: string): Promise<RealGround> {
  const programPath = await installReal('pi');
  if (recipe.test.startsWith('pnpm')) await installPnpm();
  if (recipe.test.startsWith('yarn')) await installYarn();
  if (recipe.needs.includes('python3')) await installUv();
  const cache = join(cachePath, `projects-${recipesVersion}`);
  await makeDirectory(cache, 0o755);
  const repository = await realProject(recipe, cache);
  const root = await mkdtemp(join(tmpdir(), 'moose-real-'));
  const host = await guardedServer(join(root, 'host'), repository, { isOpen: true });
  const provider = await startScriptedProvider([[{ name: 'bash', arguments: { command: shell } }]]);
  const given = {
    ...inherited(),
    PATH: searchPath,
    HOME: homedir(),
    MOOSE_PI_PATH: programPath,
    MOOSE_MODELS: 'anthropic/claude-sonnet-5',
    ANTHROPIC_BASE_URL: provider.url,
    ANTHROPIC_API_KEY: 'not-a-real-key',
  };
  const clone = join(root, 'clone');
  await git(root, 'clone', '--quiet', host.url, clone);
  // In this process: a worker of its own would wait while the machine is busy with other tests.
  const ground = await openGround(given);
  const env = {
    ...given,
    MOOSE_DATA: ground.config.dataDirectory,
    MOOSE_DATABASE_URL: ground.config.databaseUrl ?? '',
  };
  onTestFinished(async () => {
    await ground.close();
    await provider.stop();
    await host.close();
    await rm(root, { recursive: true, force: true, maxRetries: 3 });
  });
  const ask = async <T>(...args: string[]): Promise<T> => {
    const { stdout, stderr, exitCode } = await mooseWithin(commandMsMax, env, ...args, '--json');
    if (stdout === '') throw new Error(`moose ${args.join(' ')}: ${exitCode}: ${stderr}`);
    return JSON.parse(stdout) as T;
  };
  return {
    url: host.url,
    clone,
    init: () => ask('init', clone, '--prove', '--write'),
    push: async (message) => {
      await git(clone, 'add', '--all');
      await git(clone, 'commit', '--quiet', '-m', message);
      await git(clone, 'push', '--quiet', 'origin', 'main');
    },
    add: () => ask('project', 'add', host.url),
    run: async (title) => {
      const project = ['--project', 'api', '--agent', 'pi', '--wait'];
      const { id } = await ask<WorkOrder>('run', title, ...project);
      return ask('show', id);
    },
    logs: async (id) => (await mooseWithin(commandMsMax, env, 'logs', id)).stdout,
    prepared: async (id) => {
      const { result, startedAt, finishedAt } = await ground.opened.database.query
        .selectFrom('stepResults')
        .select(['result', 'startedAt', 'finishedAt'])
        .where('workOrderId', '=', id as never)
        .where('step', '=', 'preparing')
        .executeTakeFirstOrThrow();
      const { way, tookMs = Number.NaN } = result as PreparingResult;
      return { way, tookMs, waitedMs: finishedAt.getTime() - startedAt.getTime() - tookMs };
    },
  };
}
