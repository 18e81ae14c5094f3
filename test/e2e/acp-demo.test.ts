// The work orders of the demo, done by OpenCode over the Agent Client Protocol in place of the built-in agent: what the
// scripted model proposes, OpenCode writes with its own tools, in its own sessions.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChatCompletionRequest } from '@copilotkit/aimock';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoScript, demoWorkOrders } from '../../src/demo/demo-work-orders.ts';
import { createScratchRepository } from '../../src/demo/scratch-repository.ts';
import type { Proposal } from '../../src/domain/agents/proposal.ts';
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

const minuteMs = 60_000;
/** OpenCode takes half a minute to start, on a machine that is busy; half of the work orders need two sessions. */
const workMsMax = 25 * minuteMs;
const agentName = 'opencode-acp';

let ground: Ground;
let provider: ScriptedProvider;
let folder: string;
/** How many sessions each work order has begun, by its title. */
const attempts = new Map<string, number>();

/** Runs in the session, with the edits in its argument. */
const applyEdits = `
const fs = require('node:fs');
for (const { kind, path, content, search, replace } of JSON.parse(Buffer.from(process.argv[1], 'base64'))) {
  const text = kind === 'replace' ? fs.readFileSync(path, 'utf8').split(search).join(replace) : content;
  fs.writeFileSync(path, text);
}`;

async function answer({ messages }: ChatCompletionRequest, turn: number): Promise<Turn> {
  const text = JSON.stringify(messages);
  const title = demoWorkOrders.map((order) => order.title).find((each) => text.includes(each)) ?? '';
  if (turn > 0) return 'All done.';
  const attempt = (attempts.get(title) ?? 0) + 1;
  attempts.set(title, attempt);
  const scripted = await demoScript({
    title,
    attempt,
    workOrderId: null,
    system: '',
    prompt: '',
    model: 'gpt-5.1',
  });
  if ('raw' in scripted) return scripted.raw;
  const edits = Buffer.from(JSON.stringify((scripted as Proposal).edits)).toString('base64');
  return openCode.shell?.(`node -e '${applyEdits.replaceAll("'", '"')}' ${edits}`) ?? '';
}

beforeAll(async () => {
  provider = await startAnsweringProvider((request, turn) =>
    request.tools?.length ? answer(request, turn) : 'Greeting',
  );
  folder = await mkdtemp(join(tmpdir(), 'moose-acp-demo-'));
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

test(
  'R-AGENT-1: OpenCode completes the work orders of the demo over the Agent Client Protocol',
  async () => {
    const { moose } = ground.opened;
    const { path: repositoryPath } = await createScratchRepository(join(folder, 'till'));
    const ids: string[] = [];
    for (const order of demoWorkOrders)
      ids.push((await moose.submit({ ...order, repositoryPath, agent: agentName })).order.id);
    const seen = [];
    for (const id of ids) {
      let detail = await ground.settled(id, workMsMax);
      let answers = 0;
      // An agent that writes code itself, says something and changes nothing, is not run again without a person's word.
      if (detail.status === 'needs_review') {
        expect(detail.explain).toContain('Here is the change you asked for');
        answers += 1;
        const { id: question } = await moose.escalations.one(id);
        await moose.escalations.answer(question, 'refine', { note: 'Write it into the files.' });
        detail = await ground.settled(id, workMsMax);
      }
      const { title, status, explain, counters, verification } = detail;
      expect(status, explain).toBe('completed');
      expect(verification?.is_verified, explain).toBe(true);
      seen.push([title, counters.refinement_cycles, answers, attempts.get(title)]);
    }
    // Three of the first answers are wrong: red, none at all, and green only by what it did to a test. What a person asks for
    // is no cycle of refinement.
    expect(seen).toEqual([
      ['A split bill loses cents', 0, 0, 1],
      ['Names of products in web addresses', 0, 0, 1],
      ['Durations with days', 1, 0, 2],
      ['A negative size loses all items', 0, 1, 2],
      ['Large prices are hard to read', 1, 0, 2],
      ['Compare auth keys in constant time', 0, 0, 1],
    ]);
  },
  workMsMax,
);

test('at the end no money is reserved, and no process or worktree is left', async () => {
  expect(await leftovers(ground.opened.database, ground.config.dataDirectory)).toEqual(nothing);
});
