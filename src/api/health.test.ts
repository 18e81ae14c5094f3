import { OpenAPIHono } from '@hono/zod-openapi';
import { expect, test } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import type { ApiVariables } from './app.ts';
import { addHealth } from './health.ts';

test('R-SEC-3: fear: somebody without a token asks for the health so often that nobody else gets a connection', async () => {
  const database = await testDatabase();
  let looks = 0;
  const counted: typeof database = Object.create(database, {
    run: {
      value: (...given: Parameters<typeof database.run>) => {
        looks += 1;
        return database.run(...given);
      },
    },
  });
  const api = new OpenAPIHono<ApiVariables>();
  addHealth(api, { database: counted, version: '1', isWorking: () => true, disk: async () => 'writable' });
  const ask = async (path: string) => (await api.request(path)).status;
  const paths = Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? '/healthz' : '/readyz'));
  expect(await Promise.all(paths.map(ask))).toEqual(Array<number>(40).fill(200));
  expect(looks).toBe(1);
  await ask('/healthz');
  expect(looks).toBe(2);
});
