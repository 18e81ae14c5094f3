// The faults of a demo, one after another, with the result of each.

import type { DemoFaults } from '../../src/api/demo.ts';
import type { DemoStrike } from '../../src/contract/contract.ts';
import type { PermanentError } from '../../src/domain/failure.ts';
import { chaosFailures } from '../failure-catalogue.ts';
import { demoFaults, findInjury, type Injury } from './demo-faults.ts';
import { type DemoGround, type Listeners, newStrike, strikeDemo } from './strike-demo.ts';

const strikesKeptMax = 50;

export interface Injuries extends DemoFaults {
  /** Waits for the end of the fault. */
  run(fault: string): Promise<DemoStrike>;
  /** Oldest first. */
  strikes(): readonly DemoStrike[];
  /** Waits for the current fault, if there is one. */
  settled(): Promise<void>;
}

export function createInjuries(ground: DemoGround, listeners: Listeners): Injuries {
  const strikes: DemoStrike[] = [];
  let made = 0;
  let current: Promise<void> | null = null;
  const begin = (injury: Injury): { strike: DemoStrike; ended: Promise<void> } => {
    if (current) throw isRunning(strikes.at(-1));
    const strike = newStrike(++made, injury);
    strikes.push(strike);
    strikes.splice(0, Math.max(0, strikes.length - strikesKeptMax));
    const ended = strikeDemo(ground, strike, injury, listeners).finally(() => {
      current = null;
    });
    current = ended;
    return { strike, ended };
  };
  return {
    state: () => ({ faults: [...demoFaults], strikes: strikes.toReversed() }),
    strikes: () => strikes,
    strike(fault) {
      const { strike, ended } = begin(findInjury(fault));
      ended.catch((error: unknown) =>
        listeners.report(
          Object.assign(strike, {
            state: 'not_ended' as const,
            because: error instanceof Error ? error.message : String(error),
          }),
        ),
      );
      return strike;
    },
    async run(fault) {
      const { strike, ended } = begin(findInjury(fault));
      await ended;
      return strike;
    },
    settled: async () => {
      await current;
    },
  };
}

function isRunning(strike: DemoStrike | undefined): PermanentError {
  return chaosFailures.DEMO_FAULT_RUNNING('strike', { fault: strike?.fault ?? 'the last one' });
}
