import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import { assertOwnName } from './host-name.ts';
import { keepLease } from './lease.ts';
import { openLocks } from './locks.ts';

const { signal } = new AbortController();

test('R-PROJ-1: a machine does not work under the name of another one that is alive', async () => {
  const database = await testDatabase();
  const locks = await openLocks(database.url, { onLost: () => undefined });
  const lease = await keepLease({
    locks,
    executorId: 'first',
    host: 'twin',
    machine: 'boot-1',
    signal,
    onTakenOver: () => undefined,
  });
  onTestFinished(() => locks.close());
  const second = { executorId: 'second', host: 'twin', machine: 'boot-2' };
  const start = (own: typeof second) => assertOwnName(database, own, signal, 200);
  await expect(start(second)).rejects.toMatchObject({ code: 'HOST_NAME_TAKEN' });
  await start({ ...second, machine: 'boot-1' });
  await start({ ...second, host: 'other' });
  await start({ ...second, executorId: 'first' });
  // The first one ends while the second one waits.
  const waiting = assertOwnName(database, second, signal, 20_000);
  await lease.end();
  await waiting;
});
