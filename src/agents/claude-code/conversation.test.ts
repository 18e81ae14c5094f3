import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { chooseConversation } from './conversation.ts';

function home(): string {
  const path = mkdtempSync(join(tmpdir(), 'moose-home-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const id = '0190c0de-7a7b-4000-8000-000000000000';
const other = '0190c0de-7a7b-4000-8000-000000000001';

function talked(path: string, ...lines: string[]): void {
  writeFileSync(join(path, 'moose-conversation-id'), `${id}\n`);
  mkdirSync(join(path, '.claude', 'projects', 'x'), { recursive: true });
  writeFileSync(join(path, '.claude', 'projects', 'x', `${id}.jsonl`), `${lines.join('\n')}\n`);
}

test('R-SES-2: a conversation that was begun is gone on with, also where its last line is half written', async () => {
  const path = home();
  talked(path, '{"type":"assistant","message":{}}', '{"type":"assis');
  expect(await chooseConversation(path, () => other)).toEqual({ kind: 'resumed', id });
});

test('one whose last request the provider refused as such is not sent again', async () => {
  const path = home();
  talked(path, '{"type":"assistant","isApiErrorMessage":true,"error":"invalid_request"}', '[1]');
  expect(await chooseConversation(path, () => other)).toEqual({ kind: 'new', id: other });
  expect(await chooseConversation(path, () => id)).toEqual({ kind: 'new', id: other });
});

test('an id that cannot be read is not one that is missing: a second conversation would be paid for', async () => {
  const path = home();
  mkdirSync(join(path, 'moose-conversation-id'));
  await expect(chooseConversation(path, () => other)).rejects.toMatchObject({ code: 'AGENT_HOME_STRANGE' });
});
