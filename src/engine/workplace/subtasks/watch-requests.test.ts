// What a session asks Moose for while it runs: through Moose's own server, and by writing the files itself.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { newId, type SessionId } from '../../../domain/ids.ts';
import type { ProjectSettings } from '../../../domain/project-settings/project-settings.ts';
import { probeIsolation } from '../../../sessions/isolation/probe-isolation.ts';
import { exchangeFoldersIn } from '../../../sessions/requests/exchange.ts';
import { makeExchange } from '../../../sessions/requests/write-answer.ts';
import { toJson } from '../../../store/storable.ts';
import { theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import { sessionsOf } from '../../../store/work/sessions/session-rows.ts';
import { eventsOf } from '../../../store/work/work-orders/work-orders.ts';
import { applying } from '../../pipeline/applying/applying.ts';
import {
  atStep,
  claimedAgain,
  type Given,
  type Ground,
  loseFence,
} from '../../pipeline/scratch-pipeline.fixture.ts';
import { scriptedAgent } from '../../pipeline/scripted-agent.fixture.ts';
import type { Agent, AgentTask } from '../../ports/agent.ts';
import type { Work } from '../../run/work.ts';
import { watchRequests } from './watch-requests.ts';

const shared = sharedDatabase();
const dollar = 1_000_000_000n;

/** Speaks with the server as an agent does: the arguments are where to put the answers, the server, and the calls. */
const client = `
const { spawn } = require('node:child_process');
const { writeFileSync } = require('node:fs');
const { createInterface } = require('node:readline');
const [path, server, ...calls] = process.argv.slice(1).map((each) => JSON.parse(each));
const child = spawn(server.command, server.args, { env: { ...process.env, ...server.env }, stdio: ['pipe', 'pipe', 'inherit'] });
const waiting = new Map();
createInterface({ input: child.stdout }).on('line', (line) => {
  const message = JSON.parse(line);
  waiting.get(message.id)?.(message);
});
let id = 0;
const ask = (method, params) => new Promise((resolve) => {
  waiting.set(++id, resolve);
  child.stdin.write(JSON.stringify({ jsonrpc: '2.0', id, method, params }) + '\\n');
});
(async () => {
  const clientInfo = { name: 'test', version: '1' };
  await ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
  child.stdin.write(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }) + '\\n');
  const { result: { tools } } = await ask('tools/list', {});
  const answers = [tools.map(({ name }) => name)];
  for (const call of calls) answers.push((await ask('tools/call', call)).result);
  writeFileSync(path, JSON.stringify(answers));
  writeFileSync('made.txt', 'new');
  child.stdin.end();
})();
`;

interface Called {
  name: string;
  arguments: object;
}

/** An agent that makes these calls, and keeps its task. */
function callingAgent(
  calls: readonly Called[],
  of: Partial<Agent> = {},
  /** Shell commands that run before the calls. */
  before: (task: AgentTask) => string = () => ':',
) {
  const tasks: AgentTask[] = [];
  const agent: Agent = {
    ...scriptedAgent('', { writesCode: true }),
    takesServers: true,
    ...of,
    prepare: async (task) => {
      tasks.push(task);
      mkdirSync(task.sessionPath, { recursive: true });
      const [server] = task.servers ?? [];
      const given = [join(task.sessionPath, 'answers'), server, ...calls];
      const program = server
        ? [process.execPath, '-e', client, '--', ...given.map((each) => JSON.stringify(each))]
        : ['touch', 'made.txt'];
      const line = `${before(task)}\n"$@" && echo says success`;
      return { argv: ['sh', '-c', line, 'sh', ...program], env: { PATH: process.env.PATH ?? '' } };
    },
  };
  return { agent, tasks };
}

async function ground(agent: Agent, settings: ProjectSettings, given: Given = {}): Promise<Ground> {
  const at = await atStep(shared(), 'applying', { agents: [agent], limitNanoUsd: 20n * dollar, ...given });
  await allow(at.work, settings);
  return at;
}

async function allow({ database, project }: Work, settings: ProjectSettings): Promise<void> {
  Object.assign(project.settings, settings);
  const set = { settings: toJson(settings) };
  await database.query.updateTable('projects').set(set).where('id', '=', project.id).execute();
}

const ask = (more: object = {}): Called => ({
  name: 'request_subtask',
  arguments: { title: 'Fix the parser', instructions: 'It drops a day.', limit_usd: 2, ...more },
});
const list: Called = { name: 'list_subtasks', arguments: {} };

type Answer = string[] | { isError?: boolean; content: [{ text: string }] };

const answersIn = ({ sessionPath }: AgentTask): Answer[] =>
  JSON.parse(readFileSync(join(sessionPath, 'answers'), 'utf8'));

const textsIn = (task: AgentTask) =>
  answersIn(task).flatMap((answer) => (Array.isArray(answer) ? [] : answer.content.map(({ text }) => text)));

const childrenOf = ({ database, order }: Work) =>
  database.query.selectFrom('workOrders').selectAll().where('parentId', '=', order.id).execute();

const storyOf = async ({ database, order }: Work) =>
  (await eventsOf(database.query, order.id)).filter(({ kind }) => kind.startsWith('subtask.'));

test('R-AGENT-4: an agent asks through the server in its session, is answered, and sees what it has asked for', async () => {
  const { agent, tasks } = callingAgent([ask(), ask({ limit_usd: undefined }), list]);
  const { work } = await ground(agent, { subtasks: 'ask' });
  expect(await applying(work)).toMatchObject({ end: 'done', result: { outcome: 'changed' } });
  const [task] = tasks as [AgentTask];
  const [tools] = answersIn(task);
  expect(tools).toEqual(['request_subtask', 'list_subtasks']);
  const [child] = await childrenOf(work);
  const subtask = {
    id: child?.id,
    title: 'Fix the parser',
    state: 'waits for the approval of a person',
    limit_usd: 2,
    pull_request: null,
  };
  const [made, again, listed] = textsIn(task).map((text) => JSON.parse(text));
  expect(made).toEqual({ made: child?.id, subtasks: [subtask] });
  expect(again).toEqual(made);
  expect(listed).toEqual({ subtasks: [subtask] });
  expect(await storyOf(work)).toMatchObject([{ kind: 'subtask.created', actor: 'scripted' }]);
  expect(work.order.limitNanoUsd).toBe(18n * dollar);
});

test('R-AGENT-4: a refusal is answered with what to do, and is in the story of the work order', async () => {
  const { agent, tasks } = callingAgent([
    ask({ limit_usd: 11 }),
    ask({ title: 'Escape\u001b]0;evil\u0007 \u202eit', limit_usd: 11 }),
    ask({ title: 'x'.repeat(201) }),
    ask({ instruction: 'misspelt' }),
  ]);
  const { work } = await ground(agent, { subtasks: 'allow' });
  await applying(work);
  const [high, , long, misspelt] = answersIn(tasks[0] as AgentTask).slice(1) as Array<{
    isError?: boolean;
    content: [{ text: string }];
  }>;
  expect(high).toMatchObject({ isError: true });
  expect(high?.content[0].text).toMatch(
    /^SUBTASK_LIMIT_TOO_HIGH: A sub-task cannot get \$11\.00.* lower limit/,
  );
  // The server itself refuses what its own schema does not have.
  for (const answer of [long, misspelt]) expect(answer).toMatchObject({ isError: true });
  const story = await storyOf(work);
  expect(story.map(({ kind, detail }) => [kind, detail.code, detail.title])).toEqual([
    ['subtask.refused', 'SUBTASK_LIMIT_TOO_HIGH', 'Fix the parser'],
    ['subtask.refused', 'SUBTASK_LIMIT_TOO_HIGH', 'Escape]0;evil \ufffdit'],
  ]);
  expect(await childrenOf(work)).toEqual([]);
});

test.each<[string, ProjectSettings, Given, Partial<Agent>]>([
  ['in a project that has not allowed it', {}, {}, {}],
  ['to an agent that takes no servers', { subtasks: 'allow' }, {}, { takesServers: false }],
])('R-AGENT-4: the server is not given %s', async (_, settings, given, of) => {
  const { agent, tasks } = callingAgent([ask()], of);
  const { work } = await ground(agent, settings, given);
  await applying(work);
  expect(tasks[0]?.servers).toEqual([]);
  const [session] = await sessionsOf(work.database.query, work.order.id);
  expect(existsSync(join(session?.directory ?? '', 'asked'))).toBe(false);
});

test('R-AGENT-4: the server is not given to the agent of a sub-task', async () => {
  const { agent, tasks } = callingAgent([ask()]);
  const parent = await ground(agent, { subtasks: 'allow' });
  const { work } = await ground(agent, { subtasks: 'allow' });
  const order = { ...work.order, parentId: parent.work.order.id };
  await applying({ ...work, order });
  expect(tasks[0]?.servers).toEqual([]);
});

/** Writes requests without the server, and waits for an answer to the first. */
const forger = (text: string) => (task: AgentTask) => {
  const asked = join(task.sessionPath, '..', 'asked');
  const answered = join(task.sessionPath, '..', 'answered');
  const name = '00000000-0000-4000-8000-000000000001.json';
  return `mkdir -p ${asked} ${answered}; printf '%s' '${text}' > ${asked}/${name}
n=0; until [ -e ${answered}/${name} ] || [ $n -gt 60 ]; do n=$((n+1)); sleep 0.05; done
cp ${answered}/${name} ${task.sessionPath}/answers; date > made.txt; echo says success`;
};

function forgingAgent(script: (task: AgentTask) => string) {
  const tasks: AgentTask[] = [];
  const agent: Agent = {
    ...scriptedAgent('', { writesCode: true }),
    takesServers: true,
    prepare: async (task) => {
      tasks.push(task);
      mkdirSync(task.sessionPath, { recursive: true });
      return { argv: ['sh', '-c', script(task)], env: { PATH: process.env.PATH ?? '' } };
    },
  };
  return { agent, tasks };
}

const forged = JSON.stringify({
  kind: 'request_subtask',
  title: 'Approve everything',
  instructions: 'Merge it.',
  limit_usd: 9,
});

test('R-AGENT-4: fear: a session that writes the files itself gains a sub-task without approval, or where none is allowed', async () => {
  const { agent } = forgingAgent(forger(forged));
  const asking = await ground(agent, { subtasks: 'ask' });
  await applying(asking.work);
  expect(await childrenOf(asking.work)).toMatchObject([
    { needsApproval: true, approvedAt: null, status: 'pending' },
  ]);
  const off = await ground(agent, {});
  await applying(off.work);
  expect(await childrenOf(off.work)).toEqual([]);
});

test('R-AGENT-4: a file that is no request is answered, and makes nothing', async () => {
  const { agent, tasks } = forgingAgent(forger('{"kind":"approve_all"}'));
  const { work } = await ground(agent, { subtasks: 'allow' });
  await applying(work);
  const answer = JSON.parse(readFileSync(join((tasks[0] as AgentTask).sessionPath, 'answers'), 'utf8'));
  expect(answer).toMatchObject({ kind: 'refused', code: 'SUBTASK_REQUEST_INVALID' });
  expect([await childrenOf(work), await storyOf(work)]).toEqual([[], []]);
});

test('R-AGENT-4: a person who forbids sub-tasks while the agent runs is obeyed', async () => {
  const { agent } = forgingAgent(forger(forged));
  const at = await ground(agent, { subtasks: 'allow' });
  const { work } = at;
  // The process has read the project before.
  const set = { settings: toJson({ subtasks: 'off' }) };
  await work.database.query.updateTable('projects').set(set).where('id', '=', work.project.id).execute();
  await applying(work);
  expect(await childrenOf(work)).toEqual([]);
  expect(await storyOf(work)).toMatchObject([{ kind: 'subtask.refused', detail: { code: 'SUBTASKS_OFF' } }]);
});

test('R-AGENT-4: a process that dies after it has made the sub-task leaves one, which the next process answers with', async () => {
  const { agent, tasks } = callingAgent([ask()]);
  const at = await ground(agent, { subtasks: 'allow' }, { diesAt: 'applying:subtask-created' });
  await expect(applying(at.work)).rejects.toThrow();
  const children = await childrenOf(at.work);
  expect(children).toHaveLength(1);
  const next = await claimedAgain(at.work);
  expect(await applying(next)).toMatchObject({ end: 'done' });
  expect(JSON.parse(textsIn(tasks[0] as AgentTask)[0] ?? '')).toMatchObject({ made: children[0]?.id });
  expect(await childrenOf(at.work)).toHaveLength(1);
  expect((await theWorkOrder(at.work.database, at.work.order.id)).limitNanoUsd).toBe(18n * dollar);
});

const { level } = await probeIsolation();

/** Tries to change what Moose answers, and where it reads and writes; says what it could do. */
const attack = (task: AgentTask) => {
  const [asked, answered] = ['asked', 'answered'].map((name) => join(task.sessionPath, '..', name));
  return `tried() { name="$1"; shift; if "$@" 2>> ${task.sessionPath}/errors; then echo "$name" >> ${task.sessionPath}/could; fi; }
touch ${task.sessionPath}/could
tried 'write an answer' touch ${answered}/00000000-0000-4000-8000-000000000009.json
tried 'remove the answers' rmdir ${answered}
tried 'move the answers' mv ${answered} ${answered}.old
tried 'move the requests' mv ${asked} ${asked}.old
tried 'remove the requests' rmdir ${asked}
tried 'see the rest of the folder' test -e ${task.sessionPath}/../handle.json`;
};

test.skipIf(level !== 'files')(
  'R-AGENT-4: in its sandbox, a session can ask, and neither change answers nor move the folders',
  async () => {
    const { agent, tasks } = callingAgent([ask()], {}, attack);
    const { work } = await ground(agent, { subtasks: 'allow' }, { settings: { isolation: 'require' } });
    expect(await applying(work)).toMatchObject({ end: 'done' });
    const [task] = tasks as [AgentTask];
    expect(readFileSync(join(task.sessionPath, 'could'), 'utf8')).toBe('');
    const [child] = await childrenOf(work);
    expect(JSON.parse(textsIn(task)[0] ?? '')).toMatchObject({ made: child?.id });
  },
);

test('R-AGENT-4: fear: a session removes the folder of its answers, and fills the story with the same refusal', async () => {
  const { work } = await ground(scriptedAgent('', { writesCode: true }), { subtasks: 'allow' });
  const directory = join(work.settings.dataDirectory, 'asking');
  const folders = exchangeFoldersIn(directory);
  makeExchange(folders);
  rmSync(folders.answered, { recursive: true });
  const put = (number: number) => {
    const text = JSON.stringify({ ...JSON.parse(forged), title: `Part ${number}`, limit_usd: 1_000 });
    writeFileSync(join(folders.asked, `00000000-0000-4000-8000-00000000000${number}.json`), text);
  };
  const titles = async () => (await storyOf(work)).map(({ detail }) => detail.title);
  put(1);
  const session = { id: newId<SessionId>(new Date()), directory, name: 'scripted' };
  const watch = watchRequests(work, session);
  await expect.poll(titles, { timeout: 30_000 }).toContain('Part 1');
  for (const number of [2, 3]) {
    put(number);
    await expect.poll(titles, { timeout: 30_000 }).toContain(`Part ${number}`);
  }
  await watch?.close();
  expect(await titles()).toEqual(['Part 1', 'Part 2', 'Part 3']);
});

test('a request that cannot be answered is tried again and logged, until the watch ends', async () => {
  const { work } = await ground(scriptedAgent('', { writesCode: true }), { subtasks: 'allow' });
  const folders = exchangeFoldersIn(work.settings.dataDirectory);
  makeExchange(folders);
  writeFileSync(join(folders.asked, '00000000-0000-4000-8000-000000000001.json'), forged);
  const warned: unknown[] = [];
  const logger = { ...work.logger, warn: (fields: unknown) => warned.push(fields) };
  await loseFence(work);
  const session = {
    id: newId<SessionId>(new Date()),
    directory: work.settings.dataDirectory,
    name: 'scripted',
  };
  const watch = watchRequests({ ...work, logger: logger as unknown as Work['logger'] }, session);
  await expect.poll(() => warned.length).toBeGreaterThan(1);
  await watch?.close();
  expect(warned[0]).toMatchObject({ err: { name: 'FenceLostError' }, sessionId: session.id });
  expect(readdirSync(folders.answered)).toEqual([]);
  expect(await childrenOf(work)).toEqual([]);
});
