// Reports waiting work that no running machine can take (R-DIST-3).
import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import { machinesOf, untakenOf } from '../../engine/views/machines.ts';
import type { WaitingRun, WorkerProcess } from '../../store/work/runs/machines.ts';

const name = 'machines';
const becauseMax = 3;

/** Empty if no machine is working and no work waits for one. */
export function diagnoseMachines(
  processes: readonly WorkerProcess[],
  waiting: readonly WaitingRun[],
): Diagnosis[] {
  const untaken = untakenOf(processes, waiting);
  if (untaken.length > 0) {
    const because = [...new Set(untaken.map((each) => each.because))].slice(0, becauseMax).join(' ');
    const what = `${untaken.length} ${untaken.length === 1 ? 'work order waits' : 'work orders wait'}`;
    const advice =
      'See `moose machine ls`. Start `moose worker` with these labels, or change what the work needs.';
    return [{ name, state: 'warning', found: `${what}, and no machine can take it: ${because}`, advice }];
  }
  const taking = machinesOf(processes, []).filter(({ state }) => state === 'working');
  if (taking.length === 0) return [];
  const found = taking
    .map(({ name: host, labels }) => `${host}${labels.length > 0 ? ` (${labels.join(' ')})` : ''}`)
    .join(', ');
  return [{ name, state: 'ok', found, advice: null }];
}
