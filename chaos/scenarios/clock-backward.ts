import { moveClocks } from '../move-clocks.ts';
import type { Scenario } from '../scenario.ts';

const offsetMs = -60 * 60_000;

export const clockBackward: Scenario = {
  name: 'clock-backward',
  group: 'machine',
  does: 'the clock of Moose jumps an hour back, and later forward again; that of the database does not',
  lastsMs: [1_000, 4_000],
  isTransient: true,
  inject: moveClocks(['server', 'worker'], offsetMs),
};
