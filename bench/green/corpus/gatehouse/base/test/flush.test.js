import test from 'node:test';
import assert from 'node:assert/strict';
import { AuditBuffer } from '../src/flush.js';

test('writes when full', async () => {
  const written = [];
  const b = new AuditBuffer(async (batch) => written.push(batch), 2);
  await b.add(1);
  await b.add(2);
  await b.add(3);
  assert.deepEqual(written, [[1, 2]]);
  await b.flush();
  assert.deepEqual(written, [[1, 2], [3]]);
});
