import assert from 'node:assert/strict';
import { test } from 'node:test';
import { double } from '../src/client.js';

test('double', () => {
  assert.equal(double(2), 4);
});
