// For tests: machines as separate processes, with their circuits on one database.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { until } from '../../stdx/async/until.fixture.ts';
import type { Database } from '../../store/database.ts';
import type { CircuitKey, CircuitView } from './circuit.ts';
import type { Told } from './circuit-process.fixture.ts';

const program = fileURLToPath(new URL('./circuit-process.fixture.ts', import.meta.url));

interface Answer {
  id?: number;
  event?: string;
  end?: string;
  view?: CircuitView | null;
}

export interface CircuitMachine {
  /**
   * How the call ended: `succeeded`, or the failure's code. A call that hangs returns `under way`, or how it was
   * refused.
   */
  call(act: Exclude<Told['act'], 'view'>, key: CircuitKey): Promise<string>;
  view(key: CircuitKey): Promise<CircuitView | null>;
  /** Kills the process. */
  die(): Promise<void>;
}

export async function aCircuitMachine(
  database: Database,
  executorId: string,
  recoveryTimeoutMs: number,
): Promise<CircuitMachine> {
  const request = JSON.stringify({ url: database.url, executorId, recoveryTimeoutMs });
  const child = spawn(process.execPath, [program, request], { stdio: ['pipe', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  const said: Answer[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => said.push(JSON.parse(line) as Answer));
  const die = async () => {
    child.kill('SIGKILL');
    await gone;
  };
  onTestFinished(die);
  await until(`${executorId} is up`, () => said.some(({ event }) => event === 'up'));
  let asked = 0;
  const ask = async (act: Told['act'], key: CircuitKey): Promise<Answer> => {
    const id = ++asked;
    child.stdin.write(`${JSON.stringify({ id, act, key } satisfies Told)}\n`);
    await until(`${executorId} answers ${act}`, () => said.some((each) => each.id === id));
    return said.find((each) => each.id === id) ?? {};
  };
  return {
    call: async (act, key) => (await ask(act, key)).end ?? '',
    view: async (key) => (await ask('view', key)).view ?? null,
    die,
  };
}
