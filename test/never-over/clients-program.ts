// A process with several clients and a gateway, which it starts and keeps running with Moose's own code.
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { wireNames } from '../../src/domain/agents/model-call.ts';
import { keepGatewayUp } from '../../src/gateway/process/keep-up.ts';
import type { ProgramInput } from '../../src/gateway/process/program-input.ts';
import { openDatabase } from '../../src/store/database.ts';
import { runClient } from './client.ts';
import { type ClientsInput, type ClientsSaid, noCounts } from './messages.ts';
import { clientsEach, clientsOfWork, randomFor } from './plan.ts';
import { providerName } from './prices.ts';
import { closeLeftEnvelopes, Work } from './work.ts';

const sayEveryMs = 100;
const programPath = fileURLToPath(new URL('../../src/app/gateway-program.ts', import.meta.url));
/** Circuits are not tested here, and an open one would block calls. */
const never = 1_000_000;

process.once('disconnect', () => process.exit());
const [input] = (await once(process, 'message')) as [ClientsInput];
const over = new AbortController();
process.on('message', () => over.abort());

const database = openDatabase(input.databaseUrl, { connectionsMax: 12 });
const told: ProgramInput = {
  directory: input.gatewayDirectory,
  host: `here-${input.process}`,
  keepsBodies: false,
  logLevel: 'error',
  database: { kind: 'server', url: input.databaseUrl },
  upstreams: [
    {
      provider: providerName,
      baseUrl: input.providerUrl,
      apiKey: 'the-real-key',
      wires: [...wireNames],
      isFirstWordTrue: true,
    },
  ],
  circuits: { recoveryTimeoutMs: 100, failureThreshold: never },
};
const gateway = keepGatewayUp({
  directory: input.gatewayDirectory,
  program: {
    argv: [process.execPath, programPath],
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' },
    input: JSON.stringify(told),
  },
  onProblem: (problem) => process.stderr.write(`${problem.message}\n`),
});

await closeLeftEnvelopes(database, input.process);
const counts = noCounts();
let calls: ClientsSaid['calls'][number][] = [];
const say = () => {
  process.send?.({ counts, calls } satisfies ClientsSaid);
  for (const outcome of Object.keys(counts) as (keyof typeof counts)[]) counts[outcome] = 0;
  calls = [];
};
const saying = setInterval(say, sayEveryMs);
const works = Array.from(
  { length: clientsEach / clientsOfWork },
  () =>
    new Work({
      database,
      counts,
      process: input.process,
      projectLimitUsd: input.projectLimitUsd,
      signal: over.signal,
    }),
);
await Promise.all(
  Array.from({ length: clientsEach }, async (_, index) => {
    const name = `${input.process}.${input.incarnation}.${index}`;
    const work = works[index % works.length];
    if (!work) throw new Error('There is no work');
    const random = randomFor(input.seed, name);
    const address = () => gateway.address(over.signal);
    const options = { name, random, work, address, counts, signal: over.signal };
    await runClient({ ...options, told: (call) => void calls.push(call) }).catch((cause: unknown) => {
      if (!over.signal.aborted) throw cause;
    });
  }),
);
clearInterval(saying);
say();
await closeLeftEnvelopes(database, input.process);
await gateway.close();
await database.close();
process.disconnect();
