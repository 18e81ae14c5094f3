// Runs one cell: kills processes of one kind when a work order reaches the point, and follows it to its end.
// Moose kills itself at the point. Before other processes are killed, Moose freezes there; then it continues.
import { gatewaysOf, postmasterOf, processesBelow, sessionProcessesOf } from '../../chaos/find-processes.ts';
import { type Instance, type Submitted, waitUntilEnded } from '../../chaos/instance.ts';
import { endsOf } from '../../chaos/measure.ts';
import { sendSignal, signalGroup } from '../../chaos/moose-processes.ts';
import { nextPoint } from '../../chaos/next-point.ts';
import { neededPerson } from '../../chaos/run-round.ts';
import { NoTarget } from '../../chaos/scenario.ts';
import type { Cell, Victim } from './cells.ts';

const comesWithinMs = 45_000;
const endsWithinMs = 120_000;
/** Every third scripted work order gets a wrong answer first. */
const refinedEvery = 3;

type Asked = Pick<Cell, 'point' | 'victim'>;

/** Also returns the work orders that the cell was run on. */
export async function runCell(
  instance: Instance,
  asked: Asked,
): Promise<{ cell: Cell; orders: Submitted[] }> {
  const role = asked.victim === 'server' ? 'server' : 'worker';
  await instance.processes.start(role);
  const isOwn = asked.victim === 'worker' || asked.victim === 'server';
  const reached = nextPoint(instance, asked.point, isOwn ? 'SIGKILL' : 'SIGSTOP', comesWithinMs);
  const [orders, missed] = await Promise.all([submitFor(instance, asked.point), missedOf(reached)]);
  if (missed) {
    await waitUntilEnded(instance, orders, endsWithinMs);
    return { cell: { ...asked, outcome: 'missed', killed: 0, seconds: null, findings: [] }, orders };
  }
  const at = performance.now();
  const killed = isOwn ? 1 : await killAll(instance, asked.victim);
  for (const { pid } of instance.processes.living()) signalGroup(pid, 'SIGCONT');
  if (isOwn || asked.victim === 'everything') await startAgain(instance, role);
  const hasEnded = await waitUntilEnded(instance, orders, endsWithinMs);
  const seconds = Math.round((performance.now() - at) / 100) / 10;
  const ends = await endsOf(instance, orders);
  const wasAsked = ends.some(neededPerson);
  const outcome = !hasEnded ? 'not_ended' : wasAsked ? 'escalated' : 'recovered';
  const cell: Cell =
    killed === 0
      ? { ...asked, outcome: 'none', killed, seconds: null, findings: [] }
      : { ...asked, outcome, killed, seconds, findings: [] };
  return { cell, orders };
}

async function missedOf(reached: Promise<void>): Promise<boolean> {
  try {
    await reached;
    return false;
  } catch (error) {
    if (error instanceof NoTarget) return true;
    throw error;
  }
}

async function submitFor(instance: Instance, point: string): Promise<Submitted[]> {
  const next = instance.submitted.length + 1;
  if (point.startsWith('agent:')) return instance.submit(1, { agent: 'works' });
  if (point !== 'verifying:refined') return instance.submit(1);
  return instance.submit(refinedEvery - ((next - 1) % refinedEvery));
}

/** A PostgreSQL that was killed too is running again before this. */
async function startAgain({ processes, signal }: Instance, role: 'server' | 'worker'): Promise<void> {
  const startsMax = 60;
  for (let tries = 0; processes.of(role) === null && tries < startsMax; tries++) {
    signal.throwIfAborted();
    await processes.start(role);
  }
}

/** Returns the number of killed processes. */
async function killAll({ dataDirectory, processes }: Instance, victim: Victim): Promise<number> {
  const moose = processes.living();
  const found: Record<string, () => Promise<number[]>> = {
    gateway: () => gatewaysOf(dataDirectory),
    launcher: async () =>
      (await processesBelow(moose.map(({ pid }) => pid)))
        .filter(({ command }) => command.includes('git-launcher-program'))
        .map(({ pid }) => pid),
    session: async () => (await sessionProcessesOf(dataDirectory)).map(({ pid }) => pid),
    postgres: async () => {
      const pid = await postmasterOf(dataDirectory);
      return pid === null ? [] : [pid];
    },
  };
  const wanted = victim === 'everything' ? Object.keys(found) : [victim];
  const all = (await Promise.all(wanted.map((name) => found[name]?.() ?? []))).flat();
  if (victim === 'everything') await Promise.all(moose.map((one) => processes.kill(one)));
  const hit = all.filter((pid) => sendSignal(pid, 'SIGKILL')).length;
  return victim === 'everything' ? hit + moose.length : hit;
}
