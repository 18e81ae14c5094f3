import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format } from '../src/format.js';
import { matches } from './helpers/snapshot.js';

test('aligns cells', () => {
  matches('simple', format('# Fruit\n\n|name|n|\n|-|-:|\n|apple|3|\n|fig|12|\n'));
});

test('fills missing cells', () => {
  matches('ragged', format('|a|b|c|\n|---|---|---|\n|1|\n'));
});

test('leaves other text alone', () => {
  const text = 'a | b\n\n- x\n';
  assert.equal(format(text), text);
});

test('pipes without a rule are no table', () => {
  assert.equal(format('|a|b|\n'), '| a | b |\n');
});
