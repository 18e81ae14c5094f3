// The places for heavy work: so many at once for a project, over all machines, and so many on this machine (R-PIPE-10).
import type { MooseError } from '../../domain/failure.ts';
import type { Step } from '../../domain/transitions.ts';
import { holdFence } from '../../store/runs.ts';
import { storableText } from '../../store/storable.ts';
import type { Work } from './work.ts';

const heavySteps: readonly Step[] = ['applying', 'verifying'];

/** Its work is done by processes. */
export const isHeavy = (step: Step): boolean => heavySteps.includes(step);

/** Waits for a place, and until the machine bears it; holds the place during `act`. */
export async function inPlace<T>(work: Work, act: () => Promise<T>): Promise<T> {
  const { slots, project, settings, signal, pressure } = work;
  await pressure.untilEased(signal, (because) => sayWaiting(work, because));
  const ofProject = () => settings.projectSlotsMax;
  const ofMachine = () => Math.max(1, Math.floor(settings.machineSlotsMax * pressure.current().slotsShare));
  return slots.withSlot(`project:${project.id}`, ofProject, signal, () =>
    slots.withSlot(`machine:${settings.host}`, ofMachine, signal, async () => {
      await countBeginning(work);
      return act();
    }),
  );
}

/**
 * A step that is begun again and again, and never ends, is what kills its processes: beginnings are counted until a
 * step ends. Waiting for a place is none, so that a heavy step counts when it has one; any other is counted by the
 * transaction that it begins right after.
 */
export function beginningsOf(step: Step): 0 | 1 {
  return isHeavy(step) ? 0 : 1;
}

/** Behind an open circuit a heavy step has waited for no place yet. */
export function hasBegun(step: Step, { code }: MooseError): boolean {
  return beginningsOf(step) === 1 || code !== 'CIRCUIT_OPEN';
}

/** One statement is a transaction of its own, and it names the fence. */
async function countBeginning({ database, run, signal }: Work): Promise<void> {
  run.takeups += 1;
  await database.run(
    (query) => holdFence(query, run.id, run.fence, { takeups: run.takeups, waitingFor: null }),
    signal,
  );
}

/** For who asks why it does not move. */
async function sayWaiting({ database, run, signal }: Work, because: string): Promise<void> {
  const waitingFor = storableText(because);
  await database.run((query) => holdFence(query, run.id, run.fence, { waitingFor }), signal);
}
