// A project with a real PostgreSQL as its service: the checks of each work order use one of their own, two at the same time
// (R-PROJ-4).
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBinaryPackage } from '../../src/postgres/binaries/binaries.ts';
import { recreateLinks } from '../../src/postgres/binaries/binary-links.ts';
import { packageRoot } from '../../src/stdx/files/own-files.ts';
import { type Ground, openGround, writes } from './ground.fixture.ts';
import { makeRepository } from './repository.fixture.ts';

/** PostgreSQL starts three times for each work order. */
const settledMsMax = 150_000;

const { native } = findBinaryPackage();
const modules = join(packageRoot, 'node_modules');

let ground: Ground;
let shared: string;
beforeAll(async () => {
  ground = await openGround({ MOOSE_SANDBOX_PATHS: modules });
  shared = await makeRepository(join(ground.directory, 'shop'), project);
});
afterAll(() => ground.close());

/** PostgreSQL refuses to run as root. */
const start = `data=/tmp/database
mkdir "$data"
as=
if [ "$(id -u)" = 0 ]; then chown 65534:65534 "$data"; as="setpriv --reuid=65534 --regid=65534 --clear-groups"; fi
$as ${native}/bin/initdb --pgdata "$data" --username shop --auth trust --no-sync >&2 || exit 1
exec $as ${native}/bin/postgres -D "$data" -p "$MOOSE_PORT_BASE" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off
`;

/**
 * Fails if the database is not new, or if another work order writes to it. Its command names the file that it reads: so the
 * file belongs to the product, and is there when the tests and settings of the base judge it.
 */
const check = `const { Client } = require('${join(modules, 'pg')}');
const { readFileSync } = require('node:fs');
const name = 'shop' + process.env.MOOSE_DATABASE_SUFFIX;
const open = async (database) => {
  const client = new Client({ host: '127.0.0.1', port: Number(process.env.MOOSE_PORT_BASE), user: 'shop', database });
  await client.connect();
  return client;
};
(async () => {
  const first = await open('postgres');
  await first.query('CREATE DATABASE ' + name);
  await first.end();
  const own = await open(name);
  await own.query('CREATE TABLE orders (title text)');
  await own.query('INSERT INTO orders VALUES ($1)', [readFileSync(process.argv[2], 'utf8').trim()]);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const { rows } = await own.query('SELECT title, current_database() AS name FROM orders');
  const { rows: all } = await own.query("SELECT datname FROM pg_database WHERE datname LIKE 'shop%'");
  await own.end();
  console.log(JSON.stringify({ rows, all }));
  if (rows.length !== 1 || all.length !== 1 || rows[0].name !== name) process.exitCode = 1;
})().catch((cause) => { console.error(cause); process.exit(1); });
`;

const project = {
  'database.sh': start,
  'check.cjs': check,
  '.moose/config.yml': `checks:
  - kind: test
    command: node check.cjs order.txt
services:
  database:
    command: sh database.sh
    ready: { log: database system is ready to accept connections }
    timeout: 2m
`,
};

test('R-PROJ-4: two work orders at once use a PostgreSQL of their own, and none is left', async () => {
  await recreateLinks(native);
  const made = await Promise.all(
    ['books', 'bread'].map((what) =>
      ground.submit({
        title: `Order ${what}`,
        repositoryPath: shared,
        checks: undefined as never,
        answer: () => writes('order.txt', `${what}\n`),
      }),
    ),
  );
  for (const { id } of made) {
    const detail = await ground.settled(id, settledMsMax);
    expect(detail, JSON.stringify(detail.errors)).toMatchObject({
      status: 'completed',
      verification: { is_verified: true },
      counters: { refinement_cycles: 0 },
    });
    const ran = detail.sessions.filter(({ name }) => name === 'database');
    expect(ran.map(({ end_reason: reason }) => reason)).toEqual(['released', 'released', 'released']);
  }
  const open = await ground.opened.database.query
    .selectFrom('sessions')
    .select('name')
    .where('state', 'in', ['intended', 'running'])
    .execute();
  expect(open).toEqual([]);
});
