import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../src/main.ts';

let folder: string;
let printed: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'invoices-'));
  printed = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(value: unknown): string {
  const path = join(folder, 'invoice.json');
  writeFileSync(path, JSON.stringify(value));
  return path;
}

test('prints the invoice of a file', () => {
  const path = write({ number: '9', issuedAt: '2024-01-01', lines: [{ title: 'Ink', cents: 1000, quantity: 2 }] });
  expect(run([path], (text) => printed.push(text))).toBe(0);
  expect(printed.join('')).toContain('Total 20.00');
});

test('says how it is used', () => {
  expect(run([], (text) => printed.push(text))).toBe(2);
  expect(printed).toEqual(['usage: invoices FILE']);
});
