import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openRotatingFile } from './rotating-file.ts';

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'moose-log-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function opened(path: string, bytesMax = 100) {
  const failures: unknown[] = [];
  const file = openRotatingFile({
    path,
    bytesMax,
    oldFilesMax: 2,
    onFailure: (cause) => failures.push(cause),
  });
  onTestFinished(() => file.close());
  return { file, failures };
}

test('the newest lines are kept, within the limit, and nobody else may read them', () => {
  const path = join(scratch(), 'logs', 'moose.jsonl');
  const { file, failures } = opened(path);
  for (let number = 100; number < 200; number += 1) file.write(`line ${number}\n`);
  const kept = [`${path}.2`, `${path}.1`, path].map((each) => readFileSync(each, 'utf8')).join('');
  const lines = kept.trimEnd().split('\n');
  expect(lines.at(-1)).toBe('line 199');
  expect(lines).toEqual(lines.map((_, index) => `line ${200 - lines.length + index}`));
  expect(readdirSync(join(path, '..')).sort()).toEqual(['moose.jsonl', 'moose.jsonl.1', 'moose.jsonl.2']);
  for (const name of [path, `${path}.1`]) expect(statSync(name).size).toBeLessThan(100 + 'line 100\n'.length);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
  expect(failures).toEqual([]);
});

test('a file that somebody has taken away is made again', () => {
  const path = join(scratch(), 'logs', 'moose.jsonl');
  const { file } = opened(path);
  file.write('one\n');
  rmSync(path);
  file.write('two\n');
  expect(readFileSync(path, 'utf8')).toBe('two\n');
});

test('what cannot be written is told once, and again only after it could be', () => {
  const directory = scratch();
  writeFileSync(join(directory, 'logs'), 'a file is in the way');
  const path = join(directory, 'logs', 'moose.jsonl');
  const { file, failures } = opened(path);
  for (let times = 0; times < 3; times += 1) file.write('lost\n');
  expect(failures).toHaveLength(1);
  rmSync(join(directory, 'logs'));
  file.write('kept\n');
  expect(readFileSync(path, 'utf8')).toBe('kept\n');
});

test('several processes on one file lose no line, and tear none', async () => {
  const path = join(scratch(), 'logs', 'moose.jsonl');
  const program = join(import.meta.dirname, 'rotating-file-program.ts');
  const writers = ['a', 'b', 'c'].map((name) => fork(program, [path, name], { stdio: 'ignore' }));
  for (const [code] of await Promise.all(writers.map((writer) => once(writer, 'exit')))) expect(code).toBe(0);
  const names = readdirSync(join(path, '..')).sort();
  expect(names.length).toBeGreaterThan(1);
  const kept = names.flatMap((name) =>
    readFileSync(join(path, '..', name), 'utf8')
      .trimEnd()
      .split('\n'),
  );
  expect(kept.filter((line) => !/^[abc] \d{4}$/.test(line))).toEqual([]);
  const written = ['a', 'b', 'c'].flatMap((name) =>
    Array.from({ length: 1_000 }, (_, line) => `${name} ${1_000 + line}`),
  );
  expect(kept.toSorted()).toEqual(written);
});

test('one that cannot be moved away is told, and one that somebody has moved away is begun anew', () => {
  const path = join(scratch(), 'logs', 'moose.jsonl');
  const { file, failures } = opened(path, 10);
  file.write('a long first line\n');
  writeFileSync(`${path}.1`, 'old\n');
  mkdirSync(join(`${path}.2`, 'full'), { recursive: true });
  file.write('lost\n');
  expect(failures).toHaveLength(1);
  rmSync(`${path}.2`, { recursive: true });
  renameSync(path, `${path}.kept`);
  file.write('second\n');
  expect(readFileSync(path, 'utf8')).toBe('second\n');
  expect(readFileSync(`${path}.kept`, 'utf8')).toBe('a long first line\n');
});
