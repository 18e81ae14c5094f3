// Lists the machines whose processes run work orders, and the waiting work that no running machine can take (R-DIST-3).
import type * as wire from '../../contract/contract.ts';
import { labelsText, missingLabels, neededLabels } from '../../domain/machine/label.ts';
import type { Database } from '../../store/database.ts';
import {
  type RunUnderWay,
  runsUnderWay,
  type WaitingRun,
  type WorkerProcess,
  waitingRuns,
  workerProcesses,
} from '../../store/work/runs/machines.ts';

type Machine = wire.Machine;
type State = Machine['state'];

export function askMachines({ database }: { database: Database }) {
  return {
    machines: (): Promise<wire.Machines> =>
      database.run(async (query) => {
        const processes = await workerProcesses(query);
        return {
          items: machinesOf(processes, await runsUnderWay(query)),
          untaken: untakenOf(processes, await waitingRuns(query)),
        };
      }),
  };
}

/** Machines with the same name are listed separately; running machines come first. */
export function machinesOf(processes: readonly WorkerProcess[], carried: readonly RunUnderWay[]): Machine[] {
  const groups = Map.groupBy(processes, ({ host, machine }) => `${host}\n${machine}`);
  return [...groups.values()]
    .map((all) => machineOf(all, carried))
    .sort((one, other) => rank(one.state) - rank(other.state) || one.name.localeCompare(other.name));
}

const states: readonly State[] = ['working', 'draining', 'silent', 'drained', 'stopped'];
const rank = (state: State) => states.indexOf(state);

function machineOf(all: readonly WorkerProcess[], carried: readonly RunUnderWay[]): Machine {
  const open = all.filter(({ endedAt }) => endedAt === null);
  // If all processes of a machine have ended, only the newest process is shown.
  const shown = open.length > 0 ? open : all.slice(0, 1);
  const ids = new Set(shown.map(({ id }) => id));
  return {
    name: all[0]?.host ?? '',
    state: states[Math.min(...shown.map((one) => rank(stateOf(one))))] ?? 'stopped',
    labels: [...new Set(shown.filter(({ isLive }) => isLive).flatMap(({ labels }) => labels))].sort(),
    limits: shown.find(({ limits }) => limits !== null)?.limits ?? null,
    heard_at: new Date(Math.max(...all.map(({ heardAt }) => heardAt.getTime()))).toISOString(),
    processes: shown.map((one) => ({
      id: one.id,
      pid: one.pid,
      state: stateOf(one),
      labels: one.labels,
      started_at: one.startedAt.toISOString(),
      heard_at: one.heardAt.toISOString(),
      draining_since: one.drainingSince?.toISOString() ?? null,
    })),
    carries: carried
      .filter(({ executor }) => ids.has(executor))
      .map(({ id, title, project, step }) => ({ id, title, project, step })),
  };
}

function stateOf({ isLive, endedAt, drainingSince }: WorkerProcess): State {
  if (endedAt !== null) return drainingSince === null ? 'stopped' : 'drained';
  if (!isLive) return 'silent';
  return drainingSince === null ? 'working' : 'draining';
}

/** Waiting work that no running, non-draining process can take. */
export function untakenOf(
  processes: readonly WorkerProcess[],
  waiting: readonly WaitingRun[],
): wire.Machines['untaken'] {
  const takers = processes.filter((one) => stateOf(one) === 'working');
  return waiting.flatMap((run) => {
    const needs = neededLabels(run.labelsOfProject ?? [], run.labelsOfOrder ?? []);
    const because = whyUntaken(run, needs, takers);
    const { id, title, project, since } = run;
    return because === null ? [] : [{ id, title, project, needs, because, since: since.toISOString() }];
  });
}

/** Why no process can take the work; null if one can, or has not tried yet. */
function whyUntaken(
  { declinedBy, because }: WaitingRun,
  needs: readonly string[],
  takers: readonly WorkerProcess[],
): string | null {
  if (takers.length === 0) return 'No machine is taking work: start `moose up` or `moose worker`.';
  const fitting = takers.filter(({ labels }) => missingLabels(needs, labels).length === 0);
  if (fitting.length === 0) return `No running machine has ${labelsText(needs)}.`;
  return fitting.every(({ host }) => declinedBy.includes(host)) ? because : null;
}
