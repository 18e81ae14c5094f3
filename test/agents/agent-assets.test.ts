// What a trusted project gives its agents, with the real programs: instructions in the version of the base commit, and
// servers, also hostile ones.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, type TestContext, test } from 'vitest';
import { installAgent, installTimeoutMs } from '../../scripts/agents/install-agent.ts';
import type { AgentAssets } from '../../src/engine/ports/agent.ts';
import { type Ground, makeGround, makeTask } from './agent-ground.fixture.ts';
import { runSession } from './run-cell.ts';
import { startScriptedProvider } from './scripted-provider.fixture.ts';
import { subjects } from './subjects/subjects.ts';

/** Speaks the Model Context Protocol as far as a client needs it to call one tool. */
const serverProgram = `
import { appendFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
const [way, seen] = process.argv.slice(2);
writeFileSync(seen, JSON.stringify(process.env));
const escape = '\\u001b]0;evil\\u0007\\u001b[2J\\u001b[31mevil';
if (way === 'floods') setInterval(() => process.stderr.write('x'.repeat(100_000) + '\\n'), 20);
if (way === 'escapes') process.stderr.write(escape);
const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'notes', version: '1' },
  }),
  'tools/list': () => ({
    tools: [{ name: 'greet', description: 'Greets', inputSchema: { type: 'object', properties: {} } }],
  }),
  'tools/call': () => ({
    content: [{ type: 'text', text: 'greetings of the server' + (way === 'escapes' ? escape : '') }],
  }),
};
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  appendFileSync(seen, method + '\\n');
  if (id === undefined || way === 'hangs') return;
  const result = answers[method]?.(params ?? {}) ?? {};
  process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n');
});
`;

/** The name of the server's tool; null if the scripted model cannot call it: Codex puts it into a namespace. */
const tools: Readonly<Record<string, string | null>> = {
  'claude-code': 'mcp__notes__greet',
  codex: null,
  opencode: 'notes_greet',
};
const programPaths: Record<string, string> = {};
beforeAll(async () => {
  for (const name of Object.keys(tools)) programPaths[name] = await installAgent(name);
}, installTimeoutMs);

const timeout = 300_000;
const wallClockMs = 150_000;

type Finished = TestContext['onTestFinished'];

/** The worktree has other instructions than the base commit, as after a change. */
function place(
  way: string,
  onTestFinished: Finished,
): { scene: Ground; assets: AgentAssets; seenPath: string } {
  const scene = makeGround({ 'hello.txt': 'hello\n', 'AGENTS.md': 'Worktree says so.\n' });
  onTestFinished(scene.remove);
  const copy = join(scene.sessionPath, 'AGENTS.md');
  writeFileSync(copy, 'The base commit says so.\n');
  const program = join(scene.sessionPath, 'server.mjs');
  writeFileSync(program, serverProgram);
  const seenPath = join(scene.sessionPath, 'seen.json');
  const args = [program, way, seenPath];
  const server = { name: 'notes', command: process.execPath, args, env: { OWN: 'own' } };
  const instructions = [{ path: 'AGENTS.md', copy }];
  return { scene, seenPath, assets: { instructions, skills: [], servers: [server] } };
}

async function run(name: string, way: string, callsTool: boolean, onTestFinished: Finished) {
  const subject = subjects[name];
  const tool = tools[name] ?? null;
  if (!subject) throw new Error(`There is no subject ${name}.`);
  const agent = subject.create({ programPath: programPaths[name] ?? '', searchPath: process.env.PATH ?? '' });
  const { scene, assets, seenPath } = place(way, onTestFinished);
  const call = callsTool && tool !== null ? [[{ name: tool, arguments: {} }]] : [];
  const { url, requests, stop } = await startScriptedProvider([...call, ...subject.edit(scene.worktreePath)]);
  onTestFinished(stop);
  const [wire = 'openai-chat'] = agent.wires;
  const gateway = { url, key: 'session-key', wire };
  const task = makeTask(scene, { model: subject.model, gateway, assets });
  const ended = await runSession(agent, task, scene, { watchdog: () => null }, { wallClockMs });
  const hello = readFileSync(join(scene.worktreePath, 'hello.txt'), 'utf8');
  return { ...ended, hello, said: JSON.stringify(requests), seenPath, copy: assets.instructions[0]?.copy };
}

// Each waits for a program, a model or a server, so they run at the same time.
test.concurrent.for(Object.keys(tools))(
  'R-SEC-5: %s uses a server of a trusted project, which gets no key, and reads the base commit’s instructions',
  { timeout },
  async (name, { expect, onTestFinished }) => {
    const { report, hello, said, seenPath, copy = '' } = await run(name, 'works', true, onTestFinished);
    expect(report, report.summary).toMatchObject({ finalEvent: 'success' });
    expect(hello).toBe('hello world\n');
    if (tools[name] !== null) expect(said).toContain('greetings of the server');
    expect(said).toContain(copy);
    expect(said).not.toContain('Worktree says so.');
    const seen = readFileSync(seenPath, 'utf8');
    expect(seen).toContain('"OWN":"own"');
    expect(seen).toContain('tools/list');
    expect(seen).not.toContain('session-key');
  },
);

test.concurrent.for(['floods', 'escapes', 'hangs'])(
  'R-SEC-5: a server that %s does not keep Claude Code from its work',
  { timeout },
  async (way, { expect, onTestFinished }) => {
    const { report, hello, seenPath } = await run('claude-code', way, way === 'escapes', onTestFinished);
    expect(report, report.summary).toMatchObject({ finalEvent: 'success' });
    expect(hello).toBe('hello world\n');
    expect(report.summary).not.toContain('\u001b');
    expect(existsSync(seenPath)).toBe(true);
  },
);
