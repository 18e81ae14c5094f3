// fear: a command waits silently for the database, and the user does not know why (R-UI-7).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { compiledCode } from '../../../test/compiled-code.ts';
import { testDatabase } from '../../../test/database.ts';
import { mooseProgram } from '../../../test/moose-program.ts';
import { databaseAnswers, databaseStarts, withWord } from './waiting-word.ts';

function listener() {
  const said: string[] = [];
  const heard = Promise.withResolvers<void>();
  const note = (word: string) => {
    said.push(word);
    heard.resolve();
  };
  return { said, heard: heard.promise, printer: { note } as Parameters<typeof withWord>[0] };
}

test('a command that waits says once what it waits for; one that does not wait says nothing', async () => {
  const { said, heard, printer } = listener();
  expect(await withWord(printer, 'the database', Promise.resolve(1))).toBe(1);
  expect(
    await withWord(
      printer,
      'the other one',
      heard.then(() => 2),
    ),
  ).toBe(2);
  await expect(withWord(printer, 'the database', Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(said).toEqual(['the other one']);
});

/** What a command writes to stderr until it has said this word. A slow start may say another word first. */
async function saidUntil(word: string, databaseUrl: string, ...args: string[]): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'moose-word-'));
  const command = spawn(process.execPath, [mooseProgram, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...compiledCode,
      PATH: process.env.PATH,
      HOME: directory,
      MOOSE_DATA: join(directory, 'data'),
      MOOSE_DATABASE_URL: databaseUrl,
    },
  });
  const ended = once(command, 'exit');
  onTestFinished(async () => {
    command.kill('SIGKILL');
    await ended;
    rmSync(directory, { recursive: true, force: true });
  });
  let said = '';
  for await (const text of command.stderr.setEncoding('utf8')) {
    said += text;
    if (said.includes(word)) break;
  }
  return said;
}

test('fear: a database takes the connection and never answers, and the command says nothing', async () => {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const url = `postgres://nobody@127.0.0.1:${port}/none`;
  expect(await saidUntil(databaseStarts, url, 'ls')).toContain(databaseStarts);
});

test.each([
  ['show', '01234567'],
  ['explain', '01234567'],
])('fear: a table is locked, and moose %s says nothing', async (...args) => {
  const database = await testDatabase();
  const locker = new pg.Client({ connectionString: database.url });
  await locker.connect();
  onTestFinished(() => locker.end());
  await locker.query('begin; lock table moose.work_orders in access exclusive mode');
  expect(await saidUntil(databaseAnswers, database.url, ...args)).toContain(databaseAnswers);
});
