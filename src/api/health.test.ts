import { OpenAPIHono } from '@hono/zod-openapi';
import { expect, test } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import { addHealth } from './health.ts';
import type { ApiVariables } from './request/api.ts';

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

const probed = (
  deps: Partial<Parameters<typeof addHealth>[1]>,
  database: Awaited<ReturnType<typeof testDatabase>>,
) => {
  const api = new OpenAPIHono<ApiVariables>();
  addHealth(api, { database, version: '1', isWorking: () => true, disk: async () => 'writable', ...deps });
  return async (path: string) => {
    const answer = await api.request(path);
    return { status: answer.status, ...((await answer.json()) as object) };
  };
};

test.each(['read_only', 'full', 'silent'] as const)(
  'R-BASE-2: fear: the disk is %s, and a probe takes Moose for healthy',
  async (disk) => {
    const ask = probed({ disk: async () => disk }, await testDatabase());
    for (const path of ['/healthz', '/readyz'])
      expect(await ask(path)).toMatchObject({ status: 'degraded', disk, database: 'up' });
  },
);

test('R-BASE-2: fear: the database never answers, and a probe hangs with it', async () => {
  const database = await testDatabase();
  const hanging: typeof database = Object.create(database, {
    run: { value: () => new Promise(() => undefined) },
  });
  const ask = probed({ msMax: 200 }, hanging);
  for (const path of ['/healthz', '/readyz'])
    expect(await ask(path)).toMatchObject({ status: 'degraded', database: 'away', disk: 'writable' });
});
