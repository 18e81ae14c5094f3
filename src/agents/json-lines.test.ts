import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type JsonEvent, readJsonLines } from './json-lines.ts';

const base = mkdtempSync(join(tmpdir(), 'moose-lines-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

async function read(
  content: string | Buffer,
  fileBytesMax = 1_000_000,
  lineBytesMax = 1_000,
): Promise<JsonEvent[]> {
  const path = join(base, 'lines');
  writeFileSync(path, content);
  return await all(path, { fileBytesMax, lineBytesMax });
}

async function all(path: string, limits?: Parameters<typeof readJsonLines>[1]): Promise<JsonEvent[]> {
  const events: JsonEvent[] = [];
  for await (const event of readJsonLines(path, limits)) events.push(event);
  return events;
}

test('objects come in order; what is none is passed over', async () => {
  expect(await read('{"a":1}\n\nnoise\n[1]\n"x"\n{"a":\r\n  {"b":2}\r\n{"c":3}')).toEqual([
    { a: 1 },
    { b: 2 },
    { c: 3 },
  ]);
});

test('a line that is too long is passed over, the one after it is not', async () => {
  expect(await read(`{"a":"${'x'.repeat(200_000)}"}\n{"b":2}\n`)).toEqual([{ b: 2 }]);
});

test('of a file that is too large the end is read', async () => {
  expect(await read(`${'{"a":1}\n'.repeat(1_000)}{"last":1}\n`, 20)).toEqual(
    [{ a: 1 }, { last: 1 }].slice(-2),
  );
});

test('a character that two chunks share is one character', async () => {
  const lines = `{"a":"${'ü'.repeat(400)}"}\n`.repeat(500);
  const events = await read(lines);
  expect(events).toHaveLength(500);
  expect(events.every(({ a }) => a === 'ü'.repeat(400))).toBe(true);
});

test('invalid UTF-8 is no reason to fail', async () => {
  expect(await read(Buffer.concat([Buffer.from([0xff, 0xfe, 0x0a]), Buffer.from('{"a":1}')]))).toEqual([
    { a: 1 },
  ]);
});

test('a file that is not there has no lines, and one that cannot be read says so', async () => {
  expect(await all(join(base, 'absent'))).toEqual([]);
  await expect(all(base)).rejects.toMatchObject({
    code: 'AGENT_OUTPUT_UNREADABLE',
  });
});
