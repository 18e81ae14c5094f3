import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { exchangeFoldersIn, requestBytesMax, type SessionAnswer } from './exchange.ts';
import { answersMax, readRequests } from './read-requests.ts';
import { makeExchange, writeAnswer } from './write-answer.ts';

const good = { kind: 'request_subtask', title: 'Fix it', instructions: 'All of it.', limit_usd: 0.5 };
const refused: SessionAnswer = { kind: 'refused', code: 'X', message: 'No.', advice: 'Never.' };

function aSession() {
  const directory = mkdtempSync(join(tmpdir(), 'moose-requests-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const folders = exchangeFoldersIn(directory);
  makeExchange(folders);
  const put = (text: string, name = `${randomUUID()}.json`) => {
    writeFileSync(join(folders.asked, name), text);
    return name;
  };
  return { directory, folders, put };
}

test('R-AGENT-4: a request is read until it is answered, also by the next process', () => {
  const { folders, put } = aSession();
  const name = put(JSON.stringify(good));
  expect(readRequests(folders)).toEqual([{ name, request: good }]);
  expect(readRequests(folders)).toEqual([{ name, request: good }]);
  expect(writeAnswer(folders, name, refused)).toBe(true);
  expect(readRequests(folders)).toEqual([]);
  expect(JSON.parse(readFileSync(join(folders.answered, name), 'utf8'))).toEqual(refused);
  expect(readdirSync(folders.answered)).toEqual([name]);
});

test.each([
  ['no JSON', '{'],
  ['another kind', JSON.stringify({ ...good, kind: 'approve' })],
  ['another member', JSON.stringify({ ...good, needs_approval: false })],
  ['no title', JSON.stringify({ ...good, title: '   ' })],
  ['a long title', JSON.stringify({ ...good, title: 'x'.repeat(201) })],
  ['long instructions', JSON.stringify({ ...good, instructions: 'x'.repeat(20_001) })],
  ['no amount', JSON.stringify({ ...good, limit_usd: 'all' })],
  ['a negative limit', JSON.stringify({ ...good, limit_usd: -1 })],
  ['a limit without end', '{"kind":"request_subtask","title":"a","instructions":"","limit_usd":1e999}'],
  ['nothing', ''],
  ['a large file', JSON.stringify({ ...good, padding: ' '.repeat(requestBytesMax) })],
])('R-AGENT-4: a file with %s is answered as no request', (_, text) => {
  const { folders, put } = aSession();
  const name = put(text);
  expect(readRequests(folders)).toEqual([{ name, request: null }]);
});

test('R-AGENT-4: fear: a link leads Moose out of the folder, or a pipe or a folder stops it', () => {
  const { directory, folders } = aSession();
  const elsewhere = join(directory, 'elsewhere.json');
  writeFileSync(elsewhere, JSON.stringify(good));
  const named = (number: number) => `00000000-0000-4000-8000-00000000000${number}.json`;
  symlinkSync(elsewhere, join(folders.asked, named(1)));
  execFileSync('mkfifo', [join(folders.asked, named(2))]);
  mkdirSync(join(folders.asked, named(3)));
  symlinkSync('/dev/zero', join(folders.asked, named(4)));
  symlinkSync('nowhere', join(folders.asked, named(5)));
  const found = readRequests(folders).toSorted((a, b) => a.name.localeCompare(b.name));
  expect(found).toEqual([1, 2, 3, 4, 5].map((number) => ({ name: named(number), request: null })));
});

test('R-AGENT-4: names that are no request are not looked at', () => {
  const { directory, folders, put } = aSession();
  for (const name of ['.json', 'x.json', `${randomUUID()}`, `${randomUUID()}.json.draft`]) put('{}', name);
  linkSync(join(folders.asked, 'x.json'), join(directory, 'y.json'));
  expect(readRequests(folders)).toEqual([]);
});

test('R-AGENT-4: thousands of files cost a limited look, and only so many get an answer', () => {
  const { folders, put } = aSession();
  for (let number = 0; number < 3_000; number++) put(number % 2 === 0 ? JSON.stringify(good) : 'garbage');
  for (let look = 0; look < 5; look++)
    for (const { name } of readRequests(folders)) writeAnswer(folders, name, refused);
  expect(readdirSync(folders.answered)).toHaveLength(answersMax);
  expect(readRequests(folders)).toEqual([]);
});

test('R-AGENT-4: fear: an answer is written where a link leads', () => {
  const { directory, folders, put } = aSession();
  const victim = join(directory, 'victim');
  mkdirSync(victim);
  rmSync(folders.answered, { recursive: true });
  symlinkSync(victim, folders.answered);
  expect(writeAnswer(folders, put(JSON.stringify(good)), refused)).toBe(false);
  expect(readdirSync(victim)).toEqual([]);
  renameSync(folders.asked, join(directory, 'moved'));
  symlinkSync(join(directory, 'moved'), folders.asked);
  expect(readRequests(folders)).toEqual([]);
});

test('R-AGENT-4: fear: a link in place of the draft is followed', () => {
  const { directory, folders, put } = aSession();
  const name = put(JSON.stringify(good));
  const victim = join(directory, 'victim');
  writeFileSync(victim, 'as it was');
  symlinkSync(victim, join(folders.answered, `${name}.draft`));
  expect(writeAnswer(folders, name, refused)).toBe(true);
  expect(readFileSync(victim, 'utf8')).toBe('as it was');
});

test('a session without the folders asks for nothing', () => {
  const { directory, folders } = aSession();
  rmSync(directory, { recursive: true });
  expect(readRequests(folders)).toEqual([]);
  expect(writeAnswer(folders, `${randomUUID()}.json`, refused)).toBe(false);
});
