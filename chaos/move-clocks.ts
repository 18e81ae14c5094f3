// Moves the clocks of Moose processes for the round's duration.
import type { Role } from './moose-processes.ts';
import { NoTarget, type Scenario } from './scenario.ts';

export function moveClocks(roles: readonly Role[], offsetMs: number): Scenario['inject'] {
  return async ({ clocks }) => {
    for (const role of roles) await clocks.move(role, offsetMs);
    return async () => {
      const read = await Promise.all(roles.map((role) => clocks.hasRead(role)));
      for (const role of roles) await clocks.move(role, 0);
      if (!read.includes(true)) throw new NoTarget('No process read its clock.');
    };
  };
}
