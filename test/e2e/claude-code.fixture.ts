// For tests: one work order of the real Claude Code in a whole Moose; only its provider is scripted, over the provider's own
// protocol.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Submission } from '../../src/engine/commands/submit/submission.ts';
import { submit } from '../../src/engine/commands/submit/submit.ts';
import { showWorkOrder } from '../../src/engine/views/work-order/show.ts';
import { parseCheck } from '../../src/engine/workplace/checks/parse-check.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import { openDatabase } from '../../src/store/database.ts';
import { installReal } from '../agents/agent-ground.fixture.ts';
import { startScriptedProvider, type ToolCall } from '../agents/scripted-provider.fixture.ts';
import { cloneDatabase } from '../database.ts';
import { createRepository } from './farm.fixture.ts';
import { endGateways } from './gateway-processes.fixture.ts';
import { startMoose } from './moose-process.ts';

const programPath = await installReal('claude-code');

interface SceneGiven extends Partial<Submission> {
  /** Makes the repository at the path; by default a small one. */
  make?(path: string): Promise<string>;
}

export async function scene(turns: ToolCall[][], { make = createRepository, ...given }: SceneGiven = {}) {
  const root = await mkdtemp(join(tmpdir(), 'moose-claude-'));
  const provider = await startScriptedProvider(turns);
  const cloned = await cloneDatabase();
  const database = openDatabase(cloned.url);
  const repositoryPath = await make(join(root, 'repository'));
  const dataDirectory = join(root, 'data');
  const start = async (env: Record<string, string> = {}) => {
    const moose = await startMoose({
      databaseUrl: cloned.url,
      dataDirectory,
      scriptedBaseUrl: provider.url,
      env: {
        MOOSE_CLAUDE_PATH: programPath,
        MOOSE_MODELS: 'anthropic/claude-sonnet-5',
        ANTHROPIC_BASE_URL: provider.url,
        ANTHROPIC_API_KEY: 'not-a-real-key',
        ...env,
      },
    });
    onTestFinished(() => moose.kill());
    return moose;
  };
  onTestFinished(async () => {
    await endGateways(dataDirectory);
    await database.close();
    await provider.stop();
    await cloned.drop();
    await rm(root, { recursive: true, force: true, maxRetries: 3 });
  });
  const submitOne = async () => {
    const submission = {
      title: 'Greet the reader',
      repositoryPath,
      agent: 'claude-code',
      checks: [parseCheck('test=grep -q Hello hello.txt')],
      ...given,
    };
    const { order } = await submit({ database, clock: systemClock }, submission, 'human:test');
    return order;
  };
  const order = await submitOne();
  const look = async (id: string = order.id) => {
    return showWorkOrder({ database, clock: systemClock, actor: 'human:test' }, id);
  };
  return { database, provider, repositoryPath, start, look, submitOne, url: cloned.url, order };
}
