import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { scratchDirectory } from '../../git/scratch-repository.fixture.ts';
import { judgeLines, readLog, readTable } from './replay-input.ts';

const { signal } = new AbortController();

function fileOf(text: string): string {
  const path = join(scratchDirectory(), 'given');
  writeFileSync(path, text);
  return path;
}

async function linesOf(...lines: string[]): Promise<number> {
  let count = 0;
  for await (const _ of judgeLines(Readable.from(lines.map((line) => `${line}\n`)), signal)) count += 1;
  return count;
}

test('a file that is no table is refused, with what is wrong', async () => {
  const refused: [string, string][] = [
    ['{', 'it is not JSON'],
    ['{"instance_ids":["x"],"models":3}', 'models: '],
    ['{"instance_ids":["x"],"models":[{"key":"-","resolved":[1],"cost":[1]}]}', 'cannot be named "-"'],
    ['[]', 'The table cannot be replayed'],
  ];
  for (const [text, what] of refused) await expect(readTable(fileOf(text)), what).rejects.toThrow(what);
  await expect(readTable(join(scratchDirectory(), 'table'))).rejects.toThrow('table cannot be read');
});

test('a file that is no log is refused, with the line', async () => {
  const read = (path: string) => readLog(path, [['a']], signal);
  await expect(read(fileOf('\n\n'))).rejects.toThrow('there is no decision in it');
  await expect(read(fileOf('\n{'))).rejects.toThrow('Line 2 of the log cannot be read: it is not JSON');
  await expect(read(fileOf('{}'))).rejects.toThrow('Line 1 of the log cannot be read: policy');
  await expect(read(join(scratchDirectory(), 'log'))).rejects.toThrow('log cannot be read');
});

test('lines of a judge are checked one by one; empty ones are passed over', async () => {
  expect(await linesOf('', '{"type":"end"}', '')).toBe(1);
  const arm = '{"type":"price","arm":"a","factor":';
  const refused: [string, string][] = [
    ['not json', 'line 1 is not JSON'],
    ['[]', 'line 1: '],
    ['{"type":"what"}', 'line 1: type'],
    [`${arm}0}`, 'line 1: factor'],
    [`${arm}NaN}`, 'line 1 is not JSON'],
    [`${arm}1e999}`, 'line 1: factor'],
    ['{"type":"hello","protocol":2,"value":3,"arms":[]}', 'line 1: protocol'],
    [
      '{"type":"outcome","task":"t","try":1,"arm":"a","status":"failure","cost":-1,"next":false}',
      'line 1: cost',
    ],
    [`"${'x'.repeat(17 * 1024 * 1024)}"`, 'line 1 is too long'],
  ];
  for (const [line, what] of refused) await expect(linesOf(line), what).rejects.toThrow(what);
});

test('a table that is too large is not read', async () => {
  const path = fileOf('{');
  truncateSync(path, 401 * 1024 * 1024);
  await expect(readTable(path)).rejects.toThrow('has more than');
});
