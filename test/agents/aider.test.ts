import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ChatCompletionRequest, LLMock } from '@copilotkit/aimock';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { createAider } from '../../src/agents/aider/agent.ts';
import {
  type Ground,
  installReal,
  installTimeoutMs,
  makeGround,
  makeTask,
  runAgent,
  straightTo,
} from './agent-ground.fixture.ts';
import { usagePerCall } from './scripted-provider.fixture.ts';

// The behaviour of the program was measured once; these tests check that the pinned version still has it.

let programPath = '';
beforeAll(async () => {
  programPath = await installReal('aider');
}, installTimeoutMs);

/** Aider needs three seconds of processor time to start. */
const timeout = 120_000;

function makeScene(files: Record<string, string> = {}): Ground {
  const ground = makeGround({ 'hello.txt': 'hello\n', ...files });
  onTestFinished(ground.remove);
  return ground;
}

/**
 * Gives these answers in turn, and then repeats the last one. The answers cannot be chosen by prompt, because Aider's
 * messages about an answer are prompts too.
 */
async function scripted(...answers: string[]) {
  const requests: ChatCompletionRequest[] = [];
  const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent' });
  mock.on({}, (request) => {
    requests.push(request);
    return { content: answers[requests.length - 1] ?? answers.at(-1) ?? '', usage: usagePerCall };
  });
  await mock.start();
  onTestFinished(async () => await mock.stop());
  return { url: mock.url, requests };
}

function edit(path: string, before: string, after: string): string {
  return `${path}\n\`\`\`\n<<<<<<< SEARCH\n${before}=======\n${after}>>>>>>> REPLACE\n\`\`\`\n`;
}

test('it gets the files that the brief and its model name, and creates new ones', { timeout }, async () => {
  const scene = makeScene({
    'AGENTS.md': 'Greet politely.\n',
    'src/greet.py': 'words = 1\n',
    'src/other.py': 'x = 2\n',
  });
  const config = scene.git('config', '--list', '--local');
  const ask = 'I have to see `src/other.py` for that.';
  const change = `${edit('src/other.py', 'x = 2\n', 'x = 3\n')}\n${edit('new/made.txt', '', 'made\n')}`;
  const { url, requests } = await scripted(ask, change);
  const task = makeTask(scene, {
    brief: 'Change greet.py.',
    model: 'compatible/meta/llama-4',
    gateway: straightTo(url, 'openai-chat'),
  });
  const { end, report } = await runAgent(createAider({ programPath }), task, scene);
  expect(report, report.summary).toMatchObject({ finalEvent: 'success', failure: null });
  expect(end.exitCode).toBe(0);
  const [first, second] = requests.map(({ messages }) => JSON.stringify(messages));
  expect(requests[0]).toMatchObject({ model: 'meta/llama-4', max_tokens: task.outputTokensMax });
  expect(first).toContain('words = 1');
  expect(first).toContain('Greet politely.');
  expect(first).not.toContain('x = 2');
  expect(second).toContain('x = 2');
  const changes = scene.git('status', '--porcelain', '--ignored').trimEnd().split('\n');
  expect(changes.map((line) => line.slice(3)).sort()).toEqual(['new/made.txt', 'src/other.py']);
  expect(scene.git('config', '--list', '--local')).toBe(config);
});

test('R-SEC-2: it changes nothing outside its worktree, and reports the refusal', { timeout }, async () => {
  const scene = makeScene();
  const outside = join(scene.worktreePath, '..', 'outside.txt');
  const { url } = await scripted(
    [edit('../outside.txt', '', 'x\n'), edit(outside, '', 'x\n'), edit('hello.txt', 'hello\n', 'hi\n')].join(
      '\n',
    ),
  );
  const { report } = await runAgent(
    createAider({ programPath }),
    makeTask(scene, { gateway: straightTo(url) }),
    scene,
  );
  expect(report).toMatchObject({ finalEvent: 'failure', failure: { code: 'AGENT_FAILED' } });
  expect(report.summary).toContain('outside of the worktree');
  expect(existsSync(outside)).toBe(false);
});

test('edits that never apply are given up, and do not count as success', { timeout }, async () => {
  const scene = makeScene();
  const misfit = edit('hello.txt', 'what is not in there\n', 'hi\n');
  const { url } = await scripted(misfit);
  const { report } = await runAgent(
    createAider({ programPath }),
    makeTask(scene, { gateway: straightTo(url) }),
    scene,
  );
  expect(report).toMatchObject({
    finalEvent: 'failure',
    modelCalls: 9,
    failure: { code: 'AGENT_TURN_LIMIT' },
  });
  expect(scene.git('status', '--porcelain')).toBe('');
});

test('a Python without Aider, or with another version, is reported', { timeout }, async () => {
  const scene = makeScene();
  const agent = createAider({ programPath });
  const { argv, env } = await agent.prepare(makeTask(scene, { gateway: straightTo('http://127.0.0.1:9') }));
  // Without its packages, Aider's Python cannot import Aider.
  await expect(
    promisify(execFile)(argv[0], ['-S', ...argv.slice(1)], { env, cwd: scene.worktreePath }),
  ).rejects.toMatchObject({ code: 1 });
  const end = JSON.parse(readFileSync(join(scene.sessionPath, 'aider-end.json'), 'utf8'));
  expect(end).toMatchObject({
    how: 'crashed',
    type: 'ModuleNotFoundError',
    words: "No module named 'aider'",
  });
});
