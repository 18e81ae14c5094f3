// Decides by a seed which of the calls fail, and writes down those that were made to: the count is known from here, not
// from what Moose says of itself.
import { appendFileSync, readFileSync } from 'node:fs';
import { seededRandom } from '../../src/stdx/seeded-random.fixture.ts';
import { hasErrorCode } from '../../src/stdx/system-error.ts';

export type FaultKind = 'model' | 'git' | 'forge' | 'database';

export interface InjectedFault {
  /** `injected-fault-KIND-N`: it stands in the text of the fault, wherever a fault of its sort has a text. */
  id: string;
  how: string;
  /** In milliseconds of the epoch. */
  at: number;
  /** Where no text can arrive, the fault is found again by what it befell: this work order's call, … */
  workOrderId?: string | null;
  /** … or the conversation with this backend of the database. */
  backendPid?: number;
}

export interface FaultPlan {
  /** One of the ways to fail, for a call that is to fail; undefined for every other one. */
  next<T>(ways: readonly [T, ...T[]]): T | undefined;
  /** The fault is about to be made: gives its id. */
  injecting(fault: Omit<InjectedFault, 'id' | 'at'>): string;
  /** No call fails from now on. */
  stop(): void;
  /** How many calls there were, those among them that failed. */
  readonly calls: number;
}

export interface FaultPlanOptions {
  kind: FaultKind;
  seed: number;
  /** In [0, 1]. */
  share: number;
  /** A line of JSON for each injected fault. */
  logPath: string;
}

export function createFaultPlan({ kind, seed, share, logPath }: FaultPlanOptions): FaultPlan {
  const random = seededRandom(seed);
  let calls = 0;
  let injected = 0;
  let isStopped = false;
  return {
    next(ways) {
      if (isStopped) return undefined;
      calls += 1;
      const isFaulty = random() < share;
      const way = ways[Math.floor(random() * ways.length)];
      return isFaulty ? way : undefined;
    },
    injecting(fault) {
      injected += 1;
      const id = `injected-fault-${kind}-${injected}`;
      appendFileSync(logPath, `${JSON.stringify({ id, at: Date.now(), ...fault })}\n`);
      return id;
    },
    stop: () => {
      isStopped = true;
    },
    get calls() {
      return calls;
    },
  };
}

/** What was injected so far; nothing where nothing was. */
export function readInjected(logPath: string): InjectedFault[] {
  let text: string;
  try {
    text = readFileSync(logPath, 'utf8');
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOENT')) return [];
    throw cause;
  }
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as InjectedFault);
}
