import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { assertMigrated } from '../schema/migrate.ts';
import { waitWhileStarting } from './wait-while-starting.ts';

/** An ErrorResponse as a server sends it before it accepts connections. */
function refusal(sqlstate: string): Buffer {
  const fields = ['SFATAL', 'VFATAL', `C${sqlstate}`, 'Mthe database system is starting up'];
  const body = Buffer.from(`${fields.map((field) => `${field}\0`).join('')}\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

/** The test's database, which refuses this many connections first. */
async function startingDatabase(refusals: number, sqlstate = '57P03') {
  const { url } = await testDatabase();
  const { hostname, port } = new URL(url);
  let tries = 0;
  const server = createServer((client) => {
    tries += 1;
    client.on('error', () => client.destroy());
    if (tries <= refusals) return void client.once('data', () => client.end(refusal(sqlstate)));
    const upstream = connect(Number(port), hostname);
    upstream.on('error', () => client.destroy());
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const here = new URL(url);
  here.port = String((server.address() as AddressInfo).port);
  return { url: here.href, tries: () => tries };
}

const signal = new AbortController().signal;

test('fear: after a power cut Moose starts before its database, and gives up', async () => {
  const { url, tries } = await startingDatabase(3);
  await waitWhileStarting(() => assertMigrated(url), signal);
  expect(tries()).toBe(4);
});

test('a server that starts for too long, or refuses for another reason, is reported at once', async () => {
  const slow = await startingDatabase(1_000);
  const waiting = waitWhileStarting(() => assertMigrated(slow.url), signal, 0);
  await expect(waiting).rejects.toMatchObject({ code: 'DATABASE_AWAY' });
  const closed = await startingDatabase(1_000, '28P01');
  await expect(waitWhileStarting(() => assertMigrated(closed.url), signal)).rejects.toThrow();
  expect(closed.tries()).toBe(1);
});

test('the wait ends with its signal', async () => {
  const { url } = await startingDatabase(1_000);
  const stop = new AbortController();
  const waiting = waitWhileStarting(() => assertMigrated(url), stop.signal);
  stop.abort(new Error('Stopped'));
  await expect(waiting).rejects.toThrow('Stopped');
});
