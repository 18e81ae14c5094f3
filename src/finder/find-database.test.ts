import { expect, test } from 'vitest';
import { committedFiles } from './committed-files.ts';
import { findDatabase } from './find-database.ts';

const found = (contents: Record<string, string>) =>
  findDatabase(committedFiles(Object.keys(contents), new Map(Object.entries(contents))));

const workflow = `on: push
jobs:
  test:
    services:
      db:
        image: postgres:16-alpine
        env: { POSTGRES_USER: shop, POSTGRES_PASSWORD: hunter2, POSTGRES_DB: shop_test }
        ports: ['5433:5432']
    env:
      DATABASE_URL: postgres://shop:hunter2@localhost:5433/shop_test?sslmode=disable
      OTHER_URL: postgres://shop:hunter2@db.example.com/prod
      PGHOST: db
    steps:
      - run: npm test
        env: { PGUSER: shop, PGPASSWORD: hunter2, KEY: abc }
`;

test('R-PROJ-4: the PostgreSQL of CI is proposed as a server without a container, and no password is written', () => {
  const database = found({ '.github/workflows/ci.yml': workflow });
  expect(database).toMatchObject({
    name: 'postgres',
    source: '.github/workflows/ci.yml',
    log: 'ready to accept connections',
    environment: {
      DATABASE_URL: 'postgres://shop@localhost:5433/shop_test?sslmode=disable',
      PGHOST: 'localhost',
      PGUSER: 'shop',
    },
  });
  expect(database?.command).toContain('--username shop');
  expect(database?.command).toContain('CREATE DATABASE "shop_test"');
  expect(database?.command).toContain('-p 5433');
  expect(JSON.stringify(database)).not.toContain('hunter2');
});

test.each([
  ['a map', 'services:\n  db:\n    image: postgis/postgis\n    environment:\n      POSTGRES_DB: maps\n'],
  [
    'a list',
    'services:\n  db:\n    image: docker.io/library/postgres\n    environment: ["POSTGRES_DB=maps"]\n',
  ],
  ['a default', `services:\n  db:\n    image: postgres\n    environment: { POSTGRES_DB: "\${DB:-maps}" }\n`],
])('the PostgreSQL of a compose file is proposed, with its variables as %s', (_, text) => {
  const database = found({ 'docker-compose.yml': text });
  expect(database).toMatchObject({ source: 'docker-compose.yml', environment: {} });
  expect(database?.command).toContain('CREATE DATABASE "maps"');
  expect(database?.command).toContain('-p 5432');
});

test.each([
  ['no such file', { 'README.md': 'postgres' }],
  ['another image', { 'compose.yaml': 'services:\n  web:\n    image: acme/postgres-backup\n' }],
  ['a file that is no YAML', { 'compose.yaml': 'services: [' }],
])('nothing is proposed for %s', (_, contents) => {
  expect(found(contents)).toBeNull();
});

test('fear: a name in a compose file becomes a command', () => {
  const hostile = `services:
  db:
    image: postgres
    environment: { POSTGRES_USER: "a; rm -rf /", POSTGRES_DB: "b'$(id)" }
    ports: ["80; id"]
`;
  const plain = found({ 'compose.yml': 'services: { db: { image: postgres } }' });
  expect(found({ 'compose.yml': hostile })).toEqual(plain);
  expect(plain?.command).toContain('--username postgres');
  expect(plain?.command).not.toContain('CREATE DATABASE');
});
