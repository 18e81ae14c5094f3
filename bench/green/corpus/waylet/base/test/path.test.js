import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinPath, normalize } from '../src/path.js';

test('normalizes', () => {
  assert.equal(normalize('/a//b/./c'), '/a/b/c');
  assert.equal(normalize('/a/../b'), '/b');
  assert.equal(normalize('/../..'), '/');
});

test('joins', () => {
  assert.equal(joinPath('/static', 'css', '../main.css'), '/static/main.css');
});
