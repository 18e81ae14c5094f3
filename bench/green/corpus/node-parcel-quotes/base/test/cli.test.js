import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCli } from './helpers/run-cli.js';

test('prints zone and price', () => {
  assert.equal(runCli('--to', 'FR', '--grams', '2000').stdout, 'eu 11.10 EUR\n');
});

test('adds the insurance', () => {
  assert.equal(runCli('--to', 'FR', '--grams', '2000', '--insure', '50000').stdout, 'eu 16.10 EUR\n');
});

test('a wrong weight ends with 2', () => {
  const { status, stderr } = runCli('--to', 'FR', '--grams', 'heavy');
  assert.equal(status, 2);
  assert.match(stderr, /positive number/);
});
