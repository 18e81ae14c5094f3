import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './client.ts';

test('a note is created, read and changed', async () => {
  const client = new Client();
  const created = await client.send('POST', '/notes', 'milk');
  assert.equal(created.status, 201);
  assert.deepEqual((await client.send('GET', '/notes/n1')).body, created.body);
  assert.equal((await client.send('PUT', '/notes/n1', 'bread')).status, 200);
  assert.deepEqual(
    (await client.send('GET', '/notes')).body.map(({ text }: { text: string }) => text),
    ['bread'],
  );
});

test('what is refused', async (t) => {
  const client = new Client();
  await client.send('POST', '/notes', 'milk');
  for (const [method, path, text, status] of [
    ['GET', '/', undefined, 404],
    ['GET', '/notes/n9', undefined, 404],
    ['DELETE', '/notes', undefined, 405],
    ['DELETE', '/notes/n1', undefined, 405],
    ['POST', '/notes', 7, 422],
    ['PUT', '/notes/n1', 7, 422],
  ] as const) {
    await t.test(method + ' ' + path, async () => {
      assert.equal((await client.send(method, path, text)).status, status);
    });
  }
});
