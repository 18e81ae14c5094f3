// Decides by a seed which calls fail, and records those that did, so that the number of faults is known without asking
// Moose.
import { appendFileSync, readFileSync } from 'node:fs';
import { seededRandom } from '../../src/stdx/seeded-random.fixture.ts';
import { hasErrorCode } from '../../src/stdx/system-error.ts';

export type FaultKind = 'model' | 'git' | 'forge' | 'database';

export interface InjectedFault {
  /** `injected-fault-KIND-N`, which is part of the fault's text if this kind of fault has a text. */
  id: string;
  how: string;
  /** For a fault of the database: the beginning of the statement, to find out whose failure was not recorded. */
  asked?: string;
  /** In milliseconds since the epoch. */
  at: number;
  /** For a fault without a text: the work order whose call failed. */
  workOrderId?: string | null;
  /** For a fault without a text: the server process of the broken connection. */
  backendPid?: number;
}

export interface FaultPlan {
  /** For a call that is to fail, one of the ways to fail; otherwise undefined. */
  next<T>(ways: readonly [T, ...T[]]): T | undefined;
  /** Records a fault that is about to be injected. Returns its id. */
  injecting(fault: Omit<InjectedFault, 'id' | 'at'>): string;
  /** From now on, no call fails. */
  stop(): void;
  /** The number of calls, including those that failed. */
  readonly calls: number;
}

export interface FaultPlanOptions {
  kind: FaultKind;
  seed: number;
  /** The share of failing calls, from 0 to 1. */
  share: number;
  /** The file that gets one line of JSON for each injected fault. */
  logPath: string;
}

/** This call fails if none did before it, so that each kind of fault occurs in each run. */
const surelyAt = 10;

export function createFaultPlan({ kind, seed, share, logPath }: FaultPlanOptions): FaultPlan {
  const random = seededRandom(seed);
  let calls = 0;
  let injected = 0;
  let isStopped = false;
  return {
    next(ways) {
      if (isStopped) return undefined;
      calls += 1;
      const isFaulty = random() < share || (share > 0 && calls === surelyAt && injected === 0);
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

/** The faults that were injected so far; empty if there are none. */
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
