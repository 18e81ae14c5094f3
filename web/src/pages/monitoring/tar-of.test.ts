import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { tarOf } from './tar-of.ts';

test('tar unpacks the archive, and its script is executable', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tar-of-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const files = [
    { path: 'reproduce.sh', content: '#!/bin/sh\necho seen\n' },
    { path: 'input/ünï.txt', content: 'größer'.repeat(500) },
    { path: 'empty.txt', content: '' },
  ];
  execFileSync('tar', ['xf', '-', '-C', folder], {
    input: tarOf('again', files, new Date(1_700_000_000_000)),
  });
  for (const { path, content } of files)
    expect(readFileSync(join(folder, 'again', path), 'utf8')).toBe(content);
  expect(execFileSync(join(folder, 'again/reproduce.sh'), { encoding: 'utf8' })).toBe('seen\n');
  expect(statSync(join(folder, 'again/empty.txt')).mtimeMs).toBe(1_700_000_000_000);
});

test('a file that is not UTF-8 keeps its bytes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tar-of-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const bytes = Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x0a]);
  const file = { path: 'change.patch', content: bytes.toString(), content_base64: bytes.toString('base64') };
  execFileSync('tar', ['xf', '-', '-C', folder], { input: tarOf('again', [file], new Date(0)) });
  expect(readFileSync(join(folder, 'again/change.patch'))).toEqual(bytes);
});

test('a name that is too long is refused, not cut', () => {
  expect(() => tarOf('again', [{ path: 'x'.repeat(100), content: '' }], new Date(0))).toThrow(RangeError);
});
