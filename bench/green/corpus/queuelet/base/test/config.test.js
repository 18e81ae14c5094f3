import test from 'node:test';
import assert from 'node:assert/strict';
import { parseConfig } from '../src/index.js';

test('reads pairs', async () => {
  assert.deepEqual(await parseConfig('a = 1\n# no\n\nb=two'), { a: '1', b: 'two' });
});
