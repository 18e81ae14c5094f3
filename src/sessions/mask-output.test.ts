import {
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { rememberSecrets } from '../domain/secrets/known-secrets.ts';
import { maskOutput } from './mask-output.ts';

function scratchDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'moose-mask-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('R-PROJ-5: a secret across two blocks is masked, and every other byte keeps its place', async () => {
  const value = `mask-me-${crypto.randomUUID()}`;
  rememberSecrets([{ name: 'MASKED', value }], { isGiven: true });
  const directory = scratchDirectory();
  const path = join(directory, 'stdout.log');
  const block = 1024 * 1024;
  const bytes = Buffer.alloc(3 * block, '.');
  const places = [0, block - 5, 2 * block - value.length, 3 * block - value.length];
  for (const place of places) bytes.write(value, place);
  bytes.write('é', 100);
  writeFileSync(path, bytes);
  expect(await maskOutput(directory, { bytesMax: 16 * 1024 * 1024 })).toBe(places.length);
  const masked = readFileSync(path);
  expect(masked.length).toBe(bytes.length);
  expect(masked.includes(value)).toBe(false);
  for (const place of places) {
    expect(masked.toString('latin1', place, place + value.length)).toMatch(/^\[redacted:MASKED\]\*+$/);
    bytes.write(masked.toString('latin1', place, place + value.length), place);
  }
  expect(masked.equals(bytes)).toBe(true);
  expect(await maskOutput(directory, { bytesMax: 16 * 1024 * 1024 })).toBe(0);
});

test('an output file that a program replaced with a link is left alone', async () => {
  const value = `mask-me-${crypto.randomUUID()}`;
  rememberSecrets([{ name: 'MASKED', value }], { isGiven: true });
  const directory = scratchDirectory();
  const outside = join(scratchDirectory(), 'file');
  writeFileSync(outside, value);
  symlinkSync(outside, join(directory, 'stdout.log'));
  expect(await maskOutput(directory, { bytesMax: 16 * 1024 * 1024 })).toBe(0);
  expect(readFileSync(outside, 'utf8')).toBe(value);
  expect(statSync(outside).size).toBe(value.length);
});

test('R-SES-6: fear: a program makes its output file as long as a file can be, and Moose reads it for days', async () => {
  const value = `mask-me-${crypto.randomUUID()}`;
  rememberSecrets([{ name: 'MASKED', value }], { isGiven: true });
  const directory = scratchDirectory();
  const path = join(directory, 'stdout.log');
  writeFileSync(path, value);
  truncateSync(path, 2 ** 42);
  const bytesMax = 4 * 1024 * 1024;
  expect(await maskOutput(directory, { bytesMax })).toBe(1);
  expect(statSync(path).size).toBe(bytesMax);
});
