import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './client.ts';

test('the tag changes with the note', async () => {
  const client = new Client();
  const before = await client.send('POST', '/notes', 'milk');
  const after = await client.send('PUT', '/notes/n1', 'bread', before.etag);
  assert.equal(after.status, 200);
  assert.notEqual(after.etag, before.etag);
});

test('an update of an old version is refused', async () => {
  const client = new Client();
  const { etag } = await client.send('POST', '/notes', 'milk');
  await client.send('PUT', '/notes/n1', 'bread', etag);
  const late = await client.send('PUT', '/notes/n1', 'butter', etag);
  assert.equal(late.status, 412);
  assert.equal((await client.send('GET', '/notes/n1')).body.text, 'bread');
});
