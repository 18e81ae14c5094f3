import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { chooseConversation } from './conversation.ts';

const ids = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];

function home() {
  const homePath = join(mkdtempSync(join(tmpdir(), 'moose-pi-')), 'home');
  onTestFinished(() => rmSync(join(homePath, '..'), { recursive: true, force: true }));
  let made = 0;
  return { homePath, choose: () => chooseConversation(homePath, () => ids[made++] ?? '') };
}

const entry = (message: object) => `${JSON.stringify({ type: 'message', id: 'a', message })}\n`;
const refused = (errorMessage: string) => entry({ role: 'assistant', stopReason: 'error', errorMessage });
const toolResult = entry({ role: 'toolResult', content: [] });

test('a work order has one conversation, in a folder of its own', async () => {
  const { choose } = home();
  const folder = await choose();
  expect(basename(folder)).toBe(ids[0]);
  expect(statSync(folder).isDirectory()).toBe(true);
  expect(await choose()).toBe(folder);
});

test.each([
  ['was killed at work', toolResult],
  ['was killed halfway through a line', `${toolResult}{"type":"mess`],
  ['ended well', entry({ role: 'assistant', stopReason: 'stop' })],
  ['ended as the provider was away', refused('529 {}')],
  ['ended at a limit that was raised', refused('400 {"error":{"message":"budget_exceeded: x"}}')],
  [
    'went on after a refusal',
    `${refused('400 {"error":{"message":"prompt is too long"}}')}${entry({ role: 'assistant', stopReason: 'stop' })}`,
  ],
])('R-SES-2: a conversation that %s is continued', async (_name, transcript) => {
  const { choose } = home();
  const folder = await choose();
  writeFileSync(join(folder, '2026-11-20T13-35-22-452Z_x.jsonl'), transcript);
  expect(await choose()).toBe(folder);
});

test('a conversation that the provider refuses is not sent again', async () => {
  for (const words of ['prompt is too long: 215000 tokens', 'messages.3: unexpected block']) {
    const { choose } = home();
    const folder = await choose();
    // A transcript with an earlier name does not count.
    writeFileSync(join(folder, '2026-11-19T13-35-22-452Z_x.jsonl'), toolResult);
    const transcript = `${toolResult}${refused(`400 {"error":{"message":"${words}"}}`)}{"type":"context_edit"}\n`;
    writeFileSync(join(folder, '2026-11-20T13-35-22-452Z_x.jsonl'), transcript);
    expect(basename(await choose())).toBe(ids[1]);
  }
});

test('an ID that leads to another folder is not used', async () => {
  const { homePath, choose } = home();
  mkdirSync(homePath);
  writeFileSync(join(homePath, 'moose-conversation-id'), '../../../elsewhere\n');
  expect(basename(await choose())).toBe(ids[0]);
});
