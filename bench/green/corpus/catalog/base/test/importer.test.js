import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { importEntry } from '../src/importer.js';

const dir = new URL('./feeds/', import.meta.url);
const cases = readdirSync(dir)
  .filter((f) => f.endsWith('.json'))
  .map((f) => ({ f, ...JSON.parse(readFileSync(new URL(f, dir), 'utf8')) }));

describe('importEntry', () => {
  it.each(cases)('$f', ({ entry, product }) => {
    expect(importEntry(entry)).toEqual(product);
  });
});
