// The slots for heavy work: a limit per project across all machines, and a limit per machine (R-PIPE-10).
import type { MooseError } from '../../domain/failure.ts';
import { heavySteps, type Step } from '../../domain/transitions.ts';
import { storableText } from '../../store/storable.ts';
import { holdFence } from '../../store/work/runs/runs.ts';
import { slotsUnder } from '../recovery/pressure/pressure.ts';
import type { Work } from '../run/work.ts';

/** A slot that is free this soon does not count as a wait. */
const waitSaidAfterMs = 500;

/** Whether processes do the work of the step. */
export const isHeavy = (step: Step): boolean => heavySteps.includes(step);

/** Waits for a slot and until the machine's pressure permits the work; holds the slot during `act`. */
export async function withWorkSlots<T>(work: Work, act: () => Promise<T>): Promise<T> {
  const { slots, project, settings, signal, pressure } = work;
  await pressure.untilEased(signal, (because) => sayWaiting(work, because));
  const ofProject = () => settings.projectSlotsMax;
  const ofMachine = () => slotsUnder(settings.machineSlotsMax, pressure.current());
  const taken = (count: number, of: string) =>
    `All slots for agents and checks ${of} are taken (${count} at once).`;
  return slots.withSlot(
    `project:${project.id}`,
    ofProject,
    signal,
    orSayWaiting(
      work,
      () => taken(ofProject(), `of the project ${project.name}`),
      () =>
        slots.withSlot(
          `machine:${settings.host}`,
          ofMachine,
          signal,
          orSayWaiting(
            work,
            () => taken(ofMachine(), `on ${settings.host}`),
            async () => {
              await countBeginning(work);
              return act();
            },
          ),
        ),
    ),
  );
}

/** Waits for a slot and runs; while no slot is free, the reason is stored for `moose explain`. */
function orSayWaiting<T>(work: Work, because: () => string, act: () => Promise<T>): () => Promise<T> {
  let said: Promise<unknown> = Promise.resolve();
  const timer = setTimeout(() => {
    // If the reason cannot be written here, the next statement with the fence will report that.
    said = Promise.allSettled([sayWaiting(work, because())]);
  }, waitSaidAfterMs);
  work.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  return async () => {
    clearTimeout(timer);
    await said;
    return act();
  };
}

/**
 * A step that starts again and again without ending probably kills its processes, so starts are counted until a step
 * ends. Waiting for a slot does not count: a heavy step is counted once it has a slot, any other step in the
 * transaction just before it starts.
 */
export function startsOf(step: Step): 0 | 1 {
  return isHeavy(step) ? 0 : 1;
}

/** Behind an open circuit or a used-up login, a heavy step has not even waited for a slot. */
export function hasBegun(step: Step, { code }: MooseError): boolean {
  return startsOf(step) === 1 || (code !== 'CIRCUIT_OPEN' && code !== 'LOGIN_USED_UP');
}

/** A single statement is its own transaction, and it checks the fence. */
async function countBeginning({ database, run, signal }: Work): Promise<void> {
  run.starts += 1;
  await database.run(
    (query) => holdFence(query, run.id, run.fence, { starts: run.starts, waitingFor: null }),
    signal,
  );
}

/** Stores the reason for `moose explain`. */
async function sayWaiting({ database, run, signal }: Work, because: string): Promise<void> {
  const waitingFor = storableText(because);
  await database.run((query) => holdFence(query, run.id, run.fence, { waitingFor }), signal);
}
