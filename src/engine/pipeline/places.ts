// The places for heavy work: so many at once for a project, over all machines, and so many on this machine (R-PIPE-10).
import { updateRun } from '../../store/runs.ts';
import { fenced, type Work } from './work.ts';

/** Waits for a place, and holds it during `act`. */
export async function inPlace<T>(work: Work, act: () => Promise<T>): Promise<T> {
  const { slots, project, settings, signal } = work;
  return slots.withSlot(`project:${project.id}`, settings.projectSlotsMax, signal, () =>
    slots.withSlot(`machine:${settings.host}`, settings.machineSlotsMax, signal, async () => {
      await countBeginning(work);
      return act();
    }),
  );
}

/**
 * A step that is begun again and again, and never ends, is what kills its processes: beginnings are counted until a
 * step ends. Waiting for a place is none.
 */
export async function countBeginning(work: Work): Promise<void> {
  work.run.takeups += 1;
  await fenced(work, (query) => updateRun(query, work.run.id, { takeups: work.run.takeups }));
}
