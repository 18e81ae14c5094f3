// Clients that repeat one operation for a time, each on a separate connection.
import pg from 'pg';
import { enterOwnSchema } from '../../src/store/schema/own-schema.ts';

export interface Span {
  /** The time of each operation, in the order in which they ended. */
  latenciesMs: number[];
  perSecond: number;
}

export async function openClients(url: string, count: number): Promise<pg.Client[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const client = new pg.Client({ connectionString: url, application_name: 'bench' });
      await client.connect();
      await enterOwnSchema(client);
      return client;
    }),
  );
}

/** `act` gets the client and its number. */
export async function during(
  clients: readonly pg.Client[],
  spanMs: number,
  signal: AbortSignal,
  act: (client: pg.Client, index: number) => Promise<unknown>,
): Promise<Span> {
  const latenciesMs: number[] = [];
  const startedMs = performance.now();
  const untilMs = startedMs + spanMs;
  await Promise.all(
    clients.map(async (client, index) => {
      while (performance.now() < untilMs) {
        signal.throwIfAborted();
        const beginMs = performance.now();
        await act(client, index);
        latenciesMs.push(performance.now() - beginMs);
      }
    }),
  );
  return { latenciesMs, perSecond: (latenciesMs.length / (performance.now() - startedMs)) * 1_000 };
}
