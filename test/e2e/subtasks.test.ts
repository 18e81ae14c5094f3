// Real agents ask for sub-tasks through Moose's own server in their sessions: only their provider is scripted.
import { expect, test } from 'vitest';
import type { ProjectSettings } from '../../src/domain/project-settings/project-settings.ts';
import { runGit } from '../../src/git/run/run-git.ts';
import { proveBudget } from '../../src/store/money/budget-proof.ts';
import { toJson } from '../../src/store/storable.ts';
import { installReal, installTimeoutMs } from '../agents/agent-ground.fixture.ts';
import type { ToolCall } from '../agents/scripted-provider.fixture.ts';
import { scene } from './claude-code.fixture.ts';
import { waitUntilFinished } from './farm.fixture.ts';

const minuteMs = 60_000;
const dollar = 1_000_000_000n;
const title = 'Greet the writer too';
const asks: ToolCall = {
  name: 'mcp__moose__request_subtask',
  arguments: { title, instructions: 'Write hello.txt for the writer.', limit_usd: 8 },
};
const lists: ToolCall = { name: 'mcp__moose__list_subtasks', arguments: {} };
const write: ToolCall = { name: 'Write', arguments: { file_path: 'hello.txt', content: 'Hello, reader.\n' } };

const writeInOpenCode: ToolCall = {
  name: 'write',
  arguments: { filePath: 'hello.txt', content: 'Hello, reader.\n' },
};

type Scene = Awaited<ReturnType<typeof scene>>;

async function askingScene(
  subtasks: ProjectSettings['subtasks'],
  turns: ToolCall[][],
  agent = 'claude-code',
) {
  const made = await scene(turns, { agent, limitNanoUsd: 20n * dollar });
  await made.database.query
    .updateTable('projects')
    .set({ settings: toJson({ subtasks }) })
    .execute();
  return made;
}

const childrenOf = ({ database, order }: Scene) =>
  database.query.selectFrom('workOrders').select(['id', 'status']).where('parentId', '=', order.id).execute();

/** What the tools answered, as the model has read it. */
const answersIn = ({ provider }: Scene) =>
  provider.requests.flatMap(({ messages }) =>
    messages.flatMap(({ role, content }) => (role === 'tool' ? [JSON.stringify(content)] : [])),
  );

async function eventsOf({ database, order }: Scene) {
  const rows = await database.query
    .selectFrom('workOrderEvents')
    .select('kind')
    .where('workOrderId', '=', order.id)
    .where('kind', 'like', 'subtask.%')
    .orderBy('id')
    .execute();
  return rows.map(({ kind }) => kind);
}

test(
  'R-AGENT-4: an agent asks for a sub-task, which runs beside it as its child, and both complete within one limit',
  async () => {
    const ground = await askingScene('allow', [[asks], [lists], [write]]);
    const { database, repositoryPath, start, look, order } = ground;
    const moose = await start();
    await waitUntilFinished(database, [moose], 3 * minuteMs);
    await expect
      .poll(() => eventsOf(ground), { timeout: minuteMs })
      .toEqual(['subtask.created', 'subtask.ended']);
    const parent = await look();
    expect(parent, parent.explain).toMatchObject({ status: 'completed', failure: null, parent: null });
    const [{ work_order_id: id = '' } = {}] = parent.subtasks;
    expect(parent.subtasks).toMatchObject([{ title, status: 'completed', waits_for_approval: false }]);
    const child = await look(id);
    expect(child, child.explain).toMatchObject({
      title,
      status: 'completed',
      description: 'Write hello.txt for the writer.',
      requested_by: 'human:test',
      parent: { work_order_id: order.id, title: order.title, status: 'completed' },
      subtasks: [],
    });
    // What the sub-task has not used has gone back.
    expect(child.limit_usd).toBeCloseTo(child.cost_usd, 6);
    expect((parent.limit_usd ?? 0) + child.cost_usd).toBeCloseTo(20, 6);
    const { stdout } = await runGit(repositoryPath, ['show', `${child.branch}:hello.txt`]);
    expect(stdout).toBe('Hello, reader.\n');
    expect(answersIn(ground).some((text) => text.includes(id) && text.includes(title))).toBe(true);
    expect(parent.cost_usd).toBeLessThanOrEqual(parent.limit_usd ?? 0);
    expect(child.cost_usd).toBeGreaterThan(0);
    expect(await proveBudget(database.query)).toEqual([]);
  },
  installTimeoutMs + 4 * minuteMs,
);

test(
  'R-AGENT-4: OpenCode asks through the same server',
  async () => {
    const asking = [[{ ...asks, name: 'moose_request_subtask' }], [writeInOpenCode]];
    const ground = await askingScene('ask', asking, 'opencode');
    await ground.start({ MOOSE_OPENCODE_PATH: await installReal('opencode') });
    await expect.poll(async () => (await ground.look()).status, { timeout: 2 * minuteMs }).toBe('completed');
    expect(await childrenOf(ground)).toMatchObject([{ status: 'pending' }]);
    expect(answersIn(ground).some((text) => text.includes('waits for the approval of a person'))).toBe(true);
  },
  2 * installTimeoutMs + 3 * minuteMs,
);

test(
  'R-AGENT-4: a Moose that is killed between a request and its answer leaves one sub-task',
  async () => {
    const ground = await askingScene('ask', [[asks], [write]]);
    const { database, start, look } = ground;
    const first = await start({ MOOSE_DIE_AT: 'applying:subtask-created' });
    await first.gone;
    expect(await childrenOf(ground)).toHaveLength(1);
    expect(answersIn(ground)).toEqual([]);
    await start();
    await expect.poll(async () => (await look()).status, { timeout: 2 * minuteMs }).toBe('completed');
    expect(await childrenOf(ground)).toMatchObject([{ status: 'pending' }]);
    expect(await look()).toMatchObject({
      limit_usd: 12,
      counters: { agent_runs: 1 },
      subtasks: [{ status: 'pending', waits_for_approval: true, cost_usd: 0 }],
    });
    expect(answersIn(ground).some((text) => text.includes('waits for the approval of a person'))).toBe(true);
    expect(await eventsOf(ground)).toEqual(['subtask.created']);
    expect(await proveBudget(database.query)).toEqual([]);
  },
  installTimeoutMs + 4 * minuteMs,
);
