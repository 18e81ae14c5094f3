import { expect, onTestFinished, test } from 'vitest';
import { TransientError } from '../../domain/failure.ts';
import { migrateDurable } from '../../durable/migrate-durable.ts';
import { quick, scratchWithCluster } from '../../postgres/scratch.fixture.ts';
import { startEmbedded } from '../../postgres/start/start-embedded.ts';
import { until } from '../../stdx/async/until.fixture.ts';
import { openDatabase } from '../../store/database.ts';
import { circuitByKey } from '../../store/failures/circuit-states.ts';
import { migrate } from '../../store/schema/migrate.ts';
import { createCircuits } from './circuits.ts';

const key = 'provider:anthropic';
const never = new AbortController().signal;
const works = async () => 'value';
const down = () =>
  Promise.reject(
    new TransientError({ code: 'DOWN', component: 'model', operation: 'generate', message: 'It is down.' }),
  );

test('fear: without the database, circuits stop working, or write states that are long outdated', async () => {
  const directory = await scratchWithCluster();
  const server = await startEmbedded({ directory, settings: quick });
  await migrate(server.url);
  await migrateDurable(server.url);
  const database = openDatabase(server.url, { connectionsMax: 2 });
  onTestFinished(() => database.close());
  const clock = { nowMs: Date.now() };
  const written: bigint[] = [];
  const circuits = createCircuits({
    database,
    executorId: 'here',
    clock: { now: () => new Date(clock.nowMs) },
    onFailure: (thrown) => expect.unreachable(String(thrown)),
  });
  onTestFinished(() => circuits.close());
  await circuits.ready;
  await server.stop();

  const startMs = performance.now();
  for (let call = 0; call < 5; call++) await expect(circuits.through([key], never, down)).rejects.toThrow();
  expect(circuits.retryAfterMs(key)).toBe(30_000);
  clock.nowMs += 30_000;
  await expect(circuits.through([key], never, down)).rejects.toMatchObject({ code: 'DOWN' });
  await expect(circuits.through([key], never, works)).rejects.toMatchObject({ code: 'CIRCUIT_OPEN' });
  expect(circuits.states()).toMatchObject([{ key, phase: 'open', openings: 2, retryAfterMs: 60_000 }]);
  expect(performance.now() - startMs).toBeLessThan(1_000);

  expect((await startEmbedded({ directory, settings: quick })).url).toBe(server.url);
  await until('it is written', async () => {
    const row = await circuitByKey(database.query, key).catch(() => undefined);
    if (row) written.push(row.generation);
    return written.length > 0;
  });
  // The states were open, half open, open: only the last one was ever written.
  expect(written).toEqual([3n]);
  expect(await circuitByKey(database.query, key)).toMatchObject({ phase: 'open', openings: 2 });
});

test('fear: Moose cannot be stopped while the database is unavailable', async () => {
  const directory = await scratchWithCluster();
  const server = await startEmbedded({ directory, settings: quick });
  await migrate(server.url);
  const database = openDatabase(server.url, { connectionsMax: 2 });
  onTestFinished(() => database.close());
  const circuits = createCircuits({
    database,
    executorId: 'here',
    clock: { now: () => new Date() },
    onFailure: () => undefined,
  });
  await circuits.ready;
  await server.stop();
  for (let call = 0; call < 5; call++) await expect(circuits.through([key], never, down)).rejects.toThrow();
  const startMs = performance.now();
  await circuits.close();
  expect(performance.now() - startMs).toBeLessThan(3_000);
});
