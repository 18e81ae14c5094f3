// What only a database and a server can say of the size of the house: see `ceilings.test.ts`.
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { apiGround } from '../src/api/api-ground.fixture.ts';
import type { OpenApiDocument } from '../src/api/pages/api-docs.ts';
import { ceilingsSchema, problemsOf } from './ceilings/ceilings.ts';
import { measureSchema } from './ceilings/measure-house.ts';
import { testDatabase } from './database.ts';

const ceilings = ceilingsSchema.parse(
  JSON.parse(readFileSync(new URL('ceilings.json', import.meta.url), 'utf8')),
);

test('R-HOUSE-1: the schema and the interface are no larger than their ceilings', async () => {
  const client = new pg.Client({ connectionString: (await testDatabase()).url });
  await client.connect();
  onTestFinished(() => client.end());
  const { call } = await apiGround();
  const document = (await call('/api/openapi.json')).body as OpenApiDocument;
  const routes = Object.values(document.paths ?? {}).flatMap((item) => Object.keys(item)).length;
  expect(problemsOf({ ...(await measureSchema(client)), routes }, ceilings)).toEqual([]);
});
