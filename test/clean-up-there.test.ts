// `moose cleanup` with MOOSE_URL: started on the server, and followed to its end over HTTP.
import { expect, test } from 'vitest';
import { apiGround } from '../src/api/api-ground.fixture.ts';
import { cleanUpThere } from '../src/cli/remote/clean-up-there.ts';
import { openServer } from '../src/cli/remote/open-server.ts';
import type { Cleanup } from '../src/contract/contract.ts';
import { planCleanup } from '../src/contract/operations/cleanup.ts';
import type { Moose } from '../src/engine/moose.ts';

const { signal } = new AbortController();
const found = { host: 'alpha', before: '2026-01-02T03:04:05.000Z', items: [] };

async function thereWith(cleanup: Moose['cleanup']) {
  const { server, tokens } = await apiGround({ mooseFor: () => ({ cleanup }) as unknown as Moose });
  const { ask } = openServer({ url: server.url, token: tokens.operator }, signal);
  return ask;
}

test('R-DIST-6: fear: a clean-up of a server that takes longer than a request is reported as lost', async () => {
  const ends = Promise.withResolvers<void>();
  const asked: boolean[] = [];
  const ask = await thereWith(async ({ isPlan }): Promise<Cleanup> => {
    asked.push(isPlan);
    if (!isPlan) await ends.promise;
    return { ...found, is_done: !isPlan };
  });
  expect(await ask(planCleanup, { signal })).toEqual({ ...found, is_done: false });
  const done = cleanUpThere(ask, signal);
  await expect.poll(() => asked).toEqual([true, false]);
  ends.resolve();
  expect(await done).toEqual({ ...found, is_done: true });
  expect(asked).toEqual([true, false]);
});

test('a clean-up that fails on the server fails here, with what was deleted until then', async () => {
  const ask = await thereWith(async ({ onDeleted }): Promise<Cleanup> => {
    onDeleted?.(3);
    throw new Error('The disk is broken');
  });
  const failed = cleanUpThere(ask, signal);
  await expect(failed).rejects.toMatchObject({
    code: 'CLEANUP_FAILED',
    message: expect.stringContaining('3'),
  });
});
