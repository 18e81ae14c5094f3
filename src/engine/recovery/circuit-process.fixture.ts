// For tests: a child program that acts as a machine with its own circuits, which calls, probes and reports as standard
// input says.
import { createInterface } from 'node:readline';
import { TransientError } from '../../domain/failure.ts';
import { systemClock } from '../../stdx/clock.ts';
import { openDatabase } from '../../store/database.ts';
import type { CircuitKey } from './circuit.ts';
import { circuitPolicyOf } from './circuit-policies.ts';
import { createCircuits } from './circuits.ts';

const { url, executorId, recoveryTimeoutMs } = JSON.parse(process.argv[2] ?? '') as {
  url: string;
  executorId: string;
  recoveryTimeoutMs: number;
};

export interface Told {
  id: number;
  act: 'fail' | 'succeed' | 'hang' | 'release' | 'view';
  key: CircuitKey;
}

const say = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`);
const database = openDatabase(url, { connectionsMax: 2 });
const circuits = createCircuits({
  database,
  executorId,
  clock: systemClock,
  policyFor: (kind) => ({ ...circuitPolicyOf(kind), recoveryTimeoutMs }),
  onFailure: (thrown) => say({ event: 'failure', message: String(thrown) }),
});
const { signal } = new AbortController();
let release = Promise.withResolvers<void>();

const calls: Record<'fail' | 'succeed' | 'hang', () => Promise<void>> = {
  fail: async () => {
    throw new TransientError({
      code: 'DOWN',
      component: 'model',
      operation: 'generate',
      message: 'It is down.',
    });
  },
  succeed: async () => undefined,
  hang: () => release.promise,
};

async function obey({ id, act, key }: Told): Promise<void> {
  if (act === 'release') {
    release.resolve();
    release = Promise.withResolvers();
    return say({ id, end: 'released' });
  }
  if (act === 'view') return say({ id, view: circuits.states().find((each) => each.key === key) ?? null });
  try {
    await circuits.through([key], signal, () => {
      if (act === 'hang') say({ id, end: 'under way' });
      return calls[act]();
    });
    say({ id, end: 'succeeded' });
  } catch (cause) {
    say({ id, end: cause instanceof Error && 'code' in cause ? cause.code : String(cause) });
  }
}

await circuits.ready;
say({ event: 'up' });
for await (const line of createInterface({ input: process.stdin })) void obey(JSON.parse(line) as Told);
await circuits.close();
await database.close();
