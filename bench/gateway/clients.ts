// Clients that make one call at a time, each over a kept connection, and the times of their calls.
import { Agent, request as httpRequest } from 'node:http';
import { sleep } from '../../src/stdx/async/sleep.ts';
import { numbered } from './cases.ts';

export interface Target {
  url: string;
  headers: Readonly<Record<string, string>>;
}

/** The next target to call, by the number of the client. */
export type NextTarget = (client: number) => Target;

export interface Load {
  clients: number;
  /** The average pause between two calls of a client; 0: none. */
  pauseMs: number;
  /** For how long the clients call before the measurement, as they do in it. */
  leadMs: number;
  spanMs: number;
  body: Buffer;
  /** A text near the end of every complete answer. */
  marker: string;
}

export interface Measurement {
  /** The time to the last byte of the answer. */
  wholeMs: number[];
  /** The time to the first byte of its body. */
  firstMs: number[];
  /** The total time of all calls. */
  tookMs: number;
}

const callMsMax = 60_000;

/** @throws if an answer is not the provider's */
export async function measureClients(
  next: NextTarget,
  load: Load,
  signal: AbortSignal,
): Promise<Measurement> {
  const agents = Array.from({ length: load.clients }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  const measurement: Measurement = { wholeMs: [], firstMs: [], tookMs: 0 };
  try {
    await Promise.all(
      agents.map(async (agent, client) => {
        // The connection is opened before the measurement.
        await call(next(client), agent, load, signal);
      }),
    );
    const startedMs = performance.now() + load.leadMs;
    const endsAtMs = startedMs + load.spanMs;
    await Promise.all(
      agents.map(async (agent, client) => {
        // Clients with pauses do not all begin at the same time.
        await pause((load.pauseMs * client) / load.clients, signal);
        let isMeasured = false;
        do {
          isMeasured = performance.now() >= startedMs;
          const { wholeMs, firstMs } = await call(next(client), agent, load, signal);
          if (isMeasured) measurement.wholeMs.push(wholeMs);
          if (isMeasured) measurement.firstMs.push(firstMs);
          await pause(load.pauseMs, signal);
        } while (!isMeasured || performance.now() < endsAtMs);
      }),
    );
    measurement.tookMs = performance.now() - startedMs;
    return measurement;
  } finally {
    for (const agent of agents) agent.destroy();
  }
}

/** Each client makes its calls, without a measurement. */
export async function warmUp(
  next: NextTarget,
  calls: (client: number) => number,
  load: Load,
  signal: AbortSignal,
): Promise<void> {
  const agents = Array.from({ length: load.clients }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  try {
    await Promise.all(
      agents.map(async (agent, client) => {
        for (let left = calls(client); left > 0; left--) await call(next(client), agent, load, signal);
      }),
    );
  } finally {
    for (const agent of agents) agent.destroy();
  }
}

/** Of this process. */
let calls = 0;

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, signal);
}

function call(
  { url, headers }: Target,
  agent: Agent,
  { body, marker }: Pick<Load, 'body' | 'marker'>,
  signal: AbortSignal,
): Promise<{ wholeMs: number; firstMs: number }> {
  calls += 1;
  const own = numbered(body, calls);
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    let firstMs = 0;
    const asked = httpRequest(
      url,
      {
        method: 'POST',
        agent,
        signal: AbortSignal.any([signal, AbortSignal.timeout(callMsMax)]),
        headers: { 'content-type': 'application/json', 'content-length': body.length, ...headers },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => {
          if (chunks.length === 0) firstMs = performance.now() - startedMs;
          chunks.push(chunk);
        });
        answer.once('error', reject);
        answer.once('end', () => {
          const wholeMs = performance.now() - startedMs;
          const text = Buffer.concat(chunks).toString('utf8');
          if (answer.statusCode === 200 && text.includes(marker)) resolve({ wholeMs, firstMs });
          else
            reject(new Error(`HTTP ${answer.statusCode} of ${new URL(url).pathname}: ${text.slice(0, 300)}`));
        });
      },
    );
    asked.once('error', reject);
    asked.end(own);
  });
}
