// OpenCode by the Agent Client Protocol, from one entry of configuration, in the whole pipeline: as any built-in agent.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChatCompletionRequest } from '@copilotkit/aimock';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findProcess } from '../../src/sessions/find-process.ts';
import { installReal, installTimeoutMs } from '../agents/agent-ground.fixture.ts';
import {
  type ScriptedProvider,
  startAnsweringProvider,
  type Turn,
} from '../agents/scripted-provider.fixture.ts';
import { openCode } from '../agents/subjects/opencode.ts';
import { openCodeEntry } from '../agents/subjects/opencode-acp.ts';
import { type Ground, openGround } from './ground.fixture.ts';
import { leftovers, nothing } from './nothing-left.fixture.ts';
import { git } from './repository.fixture.ts';

const minuteMs = 60_000;
/** OpenCode takes half a minute to start, on a machine that is busy; a work order may need several sessions. */
const workMsMax = 10 * minuteMs;
const agentName = 'opencode-acp';
const allDone = 'All done.';

type Answer = (request: ChatCompletionRequest, turn: number) => Turn | null | Promise<Turn | null>;

let ground: Ground;
let provider: ScriptedProvider;
let folder: string;
/** By the title of the work order; the newest prompt names it. */
const answers = new Map<string, Answer>();

beforeAll(async () => {
  provider = await startAnsweringProvider((request, turn) => {
    if (!request.tools?.length) return 'Greeting';
    const text = JSON.stringify(request.messages);
    const title = [...answers.keys()].find((each) => text.includes(each));
    return answers.get(title ?? '')?.(request, turn) ?? null;
  });
  folder = await mkdtemp(join(tmpdir(), 'moose-acp-'));
  const entriesPath = join(folder, 'agents.json');
  await writeFile(entriesPath, JSON.stringify({ [agentName]: openCodeEntry(await installReal('opencode')) }));
  ground = await openGround({
    MOOSE_ACP_AGENTS: entriesPath,
    MOOSE_AGENT: agentName,
    MOOSE_MODELS: 'openai/gpt-5.1',
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OPENAI_API_KEY: 'not-a-real-key',
  });
}, installTimeoutMs + minuteMs);

afterAll(async () => {
  await ground.close();
  await provider.stop();
  await rm(folder, { recursive: true, force: true });
});

const shell = (command: string): Turn => openCode.shell?.(command) ?? [];

test(
  'R-AGENT-1: steered by a message and killed in the middle, OpenCode resumes its conversation each time',
  async () => {
    const { moose } = ground.opened;
    const title = 'Greet the reader in two words';
    const heard = 'Greet in Latin, please.';
    const told = Promise.withResolvers<void>();
    const killed = Promise.withResolvers<void>();
    /** What each session knew of the ones before, at its first call. */
    const known: string[] = [];
    let stage: 'first' | 'told' | 'killed' = 'first';
    answers.set(title, (request, turn) => {
      const text = JSON.stringify(request.messages);
      if (turn === 0) known.push(text);
      if (stage === 'first') {
        if (turn === 0) return shell('echo from-the-first-session');
        told.resolve();
        return null;
      }
      if (stage === 'told' && text.includes(heard)) {
        if (turn === 0) return shell('echo from-the-second-session');
        killed.resolve();
        return null;
      }
      if (stage === 'killed') return turn === 0 ? shell('echo Salve lector > hello.txt') : allDone;
      return null;
    });
    const { id, repositoryPath } = await ground.submit({ title, agent: agentName });
    await told.promise;
    stage = 'told';
    expect(await moose.send(id, { text: heard, now: true })).toBe('now');
    await killed.promise;
    stage = 'killed';
    const running = (await moose.show(id)).sessions.find(({ state }) => state === 'running');
    const handle = await findProcess(running?.directory ?? '');
    process.kill(-(handle?.pid ?? 0), 'SIGKILL');
    const detail = await ground.settled(id, workMsMax);
    expect(detail, detail.explain).toMatchObject({ status: 'completed', failure: null });
    expect(await git(repositoryPath, 'show', `${detail.branch}:hello.txt`)).toBe('Salve lector');
    expect(
      detail.sessions.filter(({ purpose }) => purpose === 'agent').map(({ end_reason: reason }) => reason),
    ).toEqual(['interrupted', 'lost', null]);
    expect(known).toHaveLength(3);
    expect(known[1]).toContain('from-the-first-session');
    expect(known[2]).toContain('from-the-second-session');
    expect(detail.errors.map(({ code, recovery_strategy }) => [code, recovery_strategy])).toEqual([
      ['AGENT_CRASHED_WITHOUT_TRACE', 'retry'],
    ]);
  },
  workMsMax,
);

test('at the end no money is reserved, and no process or worktree is left', async () => {
  expect(await leftovers(ground.opened.database, ground.config.dataDirectory)).toEqual(nothing);
});
