import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { installAgent, installTimeoutMs } from '../../scripts/agents/install-agent.ts';
import type { WireName } from '../../src/domain/agents/model-call.ts';
import { makeTask } from './agent-ground.fixture.ts';
import { runSession } from './run-cell.ts';
import { startScriptedProvider, type Turn } from './scripted-provider.fixture.ts';
import { ground, testLimitMs } from './session-contract.fixture.ts';
import { subjects } from './subjects/subjects.ts';

// The contract suite tests only the first protocol of each agent, and a short prompt. These tests cover its other
// protocols, and prompts that are passed in a file because they contain words that the agent would take for commands.

interface Way {
  agent: string;
  wire: WireName;
  model: string;
  /** The turns in which the agent reads the prompt's file; none if the agent gets its prompt in another way. */
  read: (path: string) => Turn[];
}

const readFile = (path: string): Turn[] => [[{ name: 'read_file', arguments: { file_path: path } }]];

const ways: Way[] = [
  { agent: 'gemini-cli', wire: 'gemini', model: 'gemini/gemini-2.5-flash', read: readFile },
  { agent: 'qwen-code', wire: 'gemini', model: 'gemini/gemini-2.5-flash', read: readFile },
  { agent: 'qwen-code', wire: 'anthropic-messages', model: 'anthropic/claude-sonnet-5', read: readFile },
  { agent: 'opencode', wire: 'openai-chat', model: 'openai/gpt-5.1', read: () => [] },
];
const wallClockMs = 60_000;
const outputTokensMax = 12_345;
const brief = 'Decorate it with "@Injectable()" of @hello.txt.\nThe last word is PINEAPPLE.';

describe.each(ways)('$agent over $wire', ({ agent: name, wire, model, read }) => {
  let programPath = '';
  beforeAll(async () => {
    programPath = await installAgent(name);
  }, installTimeoutMs);

  test('R-PIPE-5: gets the exact text of its work order, and does the work', {
    timeout: testLimitMs,
  }, async () => {
    const subject = subjects[name];
    if (subject === undefined) throw new Error(`There is no subject ${name}.`);
    const searchPath = process.env.PATH ?? '';
    const agent = subject.create({ programPath, searchPath });
    expect(agent.wires).toContain(wire);
    const scene = ground();
    const promptPath = `${scene.sessionPath}/told/prompt.md`;
    const provider = await startScriptedProvider([...read(promptPath), ...subject.edit(scene.worktreePath)]);
    onTestFinished(provider.stop);
    const gateway = { url: provider.url, key: 'session-key', wire };
    const task = makeTask(scene, { model, brief, outputTokensMax, gateway });
    const { report } = await runSession(agent, task, scene, { watchdog: () => null }, { wallClockMs });
    expect(report, report.summary).toMatchObject({ finalEvent: 'success' });
    expect(scene.git('status', '--porcelain', '--ignored')).toBe(' M hello.txt\n');
    // In a tool's answer the text is escaped once more.
    const seen = JSON.stringify(provider.requests.at(-1)?.messages).replaceAll('\\', '');
    expect(seen).toContain('Decorate it with "@Injectable()" of @hello.txt.');
    expect(seen).toContain('PINEAPPLE');
    expect(provider.requests.length).toBe(read('').length + subject.edit('').length + 1);
    for (const { max_tokens: max } of provider.requests) expect(max).toBe(outputTokensMax);
  });
});
