import { moveClocks } from '../move-clocks.ts';
import type { Scenario } from '../scenario.ts';

const offsetMs = 5 * 60_000;

export const clockDiffers: Scenario = {
  name: 'clock-differs',
  group: 'machine',
  does: 'the clock of one process is five minutes ahead of those of the other and of the database',
  lastsMs: [3_000, 8_000],
  isTransient: true,
  inject: moveClocks(['worker'], offsetMs),
};
