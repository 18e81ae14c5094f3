import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';

/** Compare with test/snapshots/NAME.md; UPDATE=1 writes it. */
export function matches(name, actual) {
  const url = new URL(`../snapshots/${name}.md`, import.meta.url);
  if (process.env.UPDATE === '1') writeFileSync(url, actual);
  assert.equal(actual, readFileSync(url, 'utf8'));
}
