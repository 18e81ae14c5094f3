// The wait of a work order for others of its group: it ends the leg, and holds no slot and no process.
import { enqueueRun } from '../../durable/enqueue-run.ts';
import type { Query } from '../../store/database.ts';
import { storableText } from '../../store/storable.ts';
import { refundStart, updateRun } from '../../store/work/runs.ts';
import type { Work } from '../run/work.ts';

/** Whoever ends the wait wakes the run at once: this is only needed if the process that should have done so died. */
const lookEveryMs = 60_000;

/** Call this in a transaction that holds the fence. */
export async function waitForGroup(
  query: Query,
  { run, clock }: Pick<Work, 'run' | 'clock'>,
  waitingFor: string,
): Promise<void> {
  const leg = run.leg + 1;
  const wakeAt = new Date(clock.now().getTime() + lookEveryMs);
  await updateRun(query, run.id, { leg, waitingFor: storableText(waitingFor), wakeAt });
  await refundStart(query, run.id);
  await enqueueRun(query, run.id, leg, lookEveryMs);
}
