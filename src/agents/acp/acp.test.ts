// An agent of the Agent Client Protocol as a session runs it: real processes, which speak the protocol with each other.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { SessionEnd } from '../../domain/machine/session.ts';
import type { Agent, AgentReport, AgentTask } from '../../engine/ports/agent.ts';
import { createAcpAgent } from './agent.ts';
import { readAcpEntries } from './entry.ts';

const scripted = join(import.meta.dirname, 'scripted-acp-agent.fixture.ts');

interface Scene {
  directory: string;
  seenPath: string;
  task: AgentTask;
  agent(behaviour: string): Agent;
}

function aScene(): Scene {
  const directory = mkdtempSync(join(tmpdir(), 'moose-acp-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const seenPath = join(directory, 'seen');
  const worktreePath = join(directory, 'worktree');
  mkdirSync(worktreePath);
  return {
    directory,
    seenPath,
    task: {
      title: 'Mend it',
      brief: 'Mend the invoice.',
      proposal: null,
      worktreePath,
      sessionPath: join(directory, 'session'),
      homePath: join(directory, 'home'),
      model: 'anthropic/claude-x',
      gateway: { url: 'http://127.0.0.1:9/s/id/anthropic', key: 'the-key', wire: 'anthropic-messages' },
      outputTokensMax: 12_345,
      spendLimitNanoUsd: 1n,
    },
    agent: (behaviour) => {
      const entriesPath = join(directory, 'agents.json');
      const entry = {
        command: [process.execPath, '--no-warnings', scripted, behaviour, seenPath],
        wires: ['anthropic-messages'],
        env: { MODEL_URL: '{url} {model} {output_tokens}', MODEL_KEY: '{key}' },
        files: { '.config/mine.json': '{"home":"{home}","other":"{other}"}' },
      };
      writeFileSync(entriesPath, JSON.stringify({ mine: entry }));
      const [[name, read] = []] = readAcpEntries(entriesPath, []);
      if (name === undefined || read === undefined) throw new Error('There is an entry');
      return createAcpAgent(name, read, { entriesPath });
    },
  };
}

async function run(
  { directory, task, agent: of }: Scene,
  behaviour: string,
): Promise<{ report: AgentReport; code: number | null }> {
  const agent = of(behaviour);
  const { argv, env } = await agent.prepare(task);
  const [stdoutPath, stderrPath] = [join(directory, 'stdout'), join(directory, 'stderr')];
  const [out, err] = [openSync(stdoutPath, 'w'), openSync(stderrPath, 'w')];
  const startedAt = new Date();
  const child = spawn(argv[0], argv.slice(1), { env, cwd: task.worktreePath, stdio: ['ignore', out, err] });
  const [code] = (await once(child, 'close')) as [number | null];
  for (const file of [out, err]) closeSync(file);
  const end: SessionEnd = { exitCode: code, signal: null, reason: null, startedAt, endedAt: new Date() };
  return { report: await agent.report({ sessionPath: task.sessionPath, stdoutPath, stderrPath }, end), code };
}

const seenIn = ({ seenPath }: Scene) =>
  readFileSync(seenPath, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const eventsIn = ({ directory }: Scene) =>
  readFileSync(join(directory, 'stdout'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string });

test('R-AGENT-1: an agent gets its task and its model, works, and reports in its own words', async () => {
  const scene = aScene();
  const { report, code } = await run(scene, 'good');
  expect({ code, ...report }).toMatchObject({ code: 0, finalEvent: 'success', summary: 'I have made it.' });
  expect(existsSync(join(scene.task.worktreePath, 'made.txt'))).toBe(true);
  const seen = Object.assign({}, ...seenIn(scene)) as Record<string, unknown>;
  expect(seen).toMatchObject({
    new: { cwd: scene.task.worktreePath, mcpServers: [] },
    env: 'http://127.0.0.1:9/s/id/anthropic claude-x 12345',
    prompt: [{ type: 'text', text: expect.stringContaining('Mend the invoice.') }],
  });
  const file = readFileSync(join(scene.task.homePath, '.config', 'mine.json'), 'utf8');
  expect(JSON.parse(file)).toEqual({ home: scene.task.homePath, other: '{other}' });
  expect(readFileSync(join(scene.task.sessionPath, 'acp.json'), 'utf8')).not.toContain('the-key');
});

test('R-AGENT-1: tools are allowed once, each time, and the web is not', async () => {
  const scene = aScene();
  await run(scene, 'good');
  expect(Object.assign({}, ...seenIn(scene))).toMatchObject({
    edit: { outcome: 'selected', optionId: 'once' },
    fetch: { outcome: 'selected', optionId: 'no' },
  });
  expect(eventsIn(scene).map(({ type }) => type)).toEqual([
    ...['agent', 'conversation', 'update', 'update', 'permission', 'update', 'permission'],
    ...['update', 'update', 'result'],
  ]);
});

test.each([
  ['refusal', 'refused', 'AGENT_REFUSED'],
  ['max_tokens', 'failure', 'AGENT_OUTPUT_LIMIT'],
  ['max_turn_requests', 'failure', 'AGENT_TURN_LIMIT'],
  ['cancelled', 'cut_off', 'AGENT_CUT_OFF'],
  ['limited', 'failure', 'AGENT_RATE_LIMITED'],
  ['signed out', 'failure', 'AGENT_AUTHENTICATION'],
  ['version', 'failure', 'AGENT_FAILED'],
])('R-SES-5: an agent that ends with %s is reported as %s, %s', async (behaviour, finalEvent, code) => {
  const ended = await run(aScene(), behaviour);
  expect(ended.code).toBe(1);
  expect(ended.report).toMatchObject({ finalEvent, failure: { code } });
});

test('R-SES-5: an agent that ends in the middle is one without a result, and what it said is told', async () => {
  const { report, code } = await run(aScene(), 'crash');
  expect(report).toMatchObject({
    finalEvent: 'missing',
    said: 'I look first.',
    failure: { code: 'AGENT_NO_RESULT' },
  });
  expect(code).not.toBe(0);
});

test('R-AGENT-1: an agent that prints more than the protocol works all the same', async () => {
  const { report } = await run(aScene(), 'noise');
  expect(report).toMatchObject({ finalEvent: 'success' });
});

test('R-SES-2: the next session continues the conversation, if the agent can, and what it repeats is not its answer', async () => {
  const scene = aScene();
  await run(scene, 'loads');
  const { report } = await run(scene, 'loads');
  expect(seenIn(scene).filter((each) => 'load' in each)).toEqual([{ load: 'conversation-1' }]);
  expect(report.summary).toBe('I have made it.');
  expect(readFileSync(join(scene.directory, 'stdout'), 'utf8')).not.toContain('What I said before.');
});

test('R-SES-2: a conversation that the agent has forgotten, or that ended in a refusal, is not continued', async () => {
  const scene = aScene();
  await run(scene, 'forgets');
  await run(scene, 'forgets');
  expect(seenIn(scene).filter((each) => 'new' in each)).toHaveLength(2);
  await run(scene, 'refusal');
  await run(scene, 'loads');
  expect(seenIn(scene).filter((each) => 'load' in each)).toHaveLength(1);
});

test('R-AGENT-1: a program that is not there is named, with the file that names it', async () => {
  const { task, directory } = aScene();
  const entriesPath = join(directory, 'agents.json');
  const agent = createAcpAgent(
    'mine',
    { command: ['no-such-program'], wires: ['openai-chat'], env: {}, files: {} },
    { entriesPath },
  );
  expect(await agent.probe()).toMatchObject({
    isInstalled: false,
    advice: expect.stringContaining(entriesPath),
  });
  await expect(agent.prepare(task)).rejects.toMatchObject({ code: 'AGENT_PROGRAM_MISSING' });
});

test.each([
  ['{', /JSON/],
  ['[]', /the file/],
  ['{"Mine":{"command":["x"],"wires":["gemini"]}}', /Mine/],
  ['{"patch":{"command":["x"],"wires":["gemini"]}}', /the name patch is taken/],
  ['{"mine":{"command":[],"wires":["gemini"]}}', /mine\.command/],
  ['{"mine":{"command":["x"],"wires":["none"]}}', /mine\.wires/],
  ['{"mine":{"command":["x"],"wires":["gemini"],"env":{"a b":""}}}', /mine\.env/],
  ['{"mine":{"command":["x"],"wires":["gemini"],"files":{"../x":""}}}', /mine\.files/],
  ['{"mine":{"command":["x"],"wires":["gemini"],"evn":{}}}', /mine/],
])('a file with agents that is %s says what is wrong', (text, because) => {
  const { directory } = aScene();
  const path = join(directory, 'agents.json');
  writeFileSync(path, text);
  expect(() => readAcpEntries(path, ['patch'])).toThrow(because);
  expect(() => readAcpEntries(`${path}-not-there`, [])).toThrow(/cannot be read/);
});
