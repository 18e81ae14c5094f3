// Measures work orders per second, and where the time goes, with 1, 10 and 50 concurrent ones on one repository.

import type { BenchOptions, Figures } from '../measuring/bench.ts';
import { type Interval, lengthMs } from '../measuring/intervals.ts';
import { median, rounded, sum } from '../measuring/statistics.ts';
import { seenWithin } from './account.ts';
import { type CpuSeconds, cpuBetween, cpuSeconds } from './cpu.ts';
import type { MooseUnderTest } from './moose-under-test.ts';

const sizes = { whole: [1, 10, 50], quick: [1, 10] } as const;
const rounds = { whole: 2, quick: 1 } as const;

interface Batch {
  /** The rate from the first submission to the last completion. */
  perSecond: number;
  /** The time of a single work order in the batch. */
  wallMsP50: number;
  /** Seconds of each kind of work per work order, including overlaps. */
  busySeconds: Record<'git' | 'agent' | 'check' | 'model' | 'session start' | 'database', number>;
  /** The share of the whole time in which forking blocked Moose. */
  forkShare: number;
  cpu: CpuSeconds | null;
}

/** The figures, by the number of concurrent work orders. */
export async function measureAtOnce(
  moose: MooseUnderTest,
  { isQuick, signal, note }: BenchOptions,
): Promise<Figures> {
  const extent = isQuick ? 'quick' : 'whole';
  const batches = new Map<number, Batch[]>(sizes[extent].map((size) => [size, []]));
  for (let round = 1; round <= rounds[extent]; round++) {
    for (const [size, measured] of batches) {
      const batch = await runBatch(moose, size, signal);
      measured.push(batch);
      note(
        `round ${round} of ${rounds[extent]}: ${size} at once, ${batch.perSecond.toFixed(2)} work orders/s`,
      );
    }
  }
  return Object.fromEntries([...batches].map(([size, measured]) => [String(size), figuresOf(measured)]));
}

async function runBatch(moose: MooseUnderTest, size: number, signal: AbortSignal): Promise<Batch> {
  const before = cpuSeconds(moose.postmasterPid);
  const finished = await Promise.all(
    Array.from({ length: size }, () => moose.workOrder(`Together ${crypto.randomUUID()}`, signal)),
  );
  const cpu = cpuBetween(before, cpuSeconds(moose.postmasterPid));
  const whole: Interval = {
    startMs: Math.min(...finished.map(({ startMs }) => startMs)),
    endMs: Math.max(...finished.map(({ endMs }) => endMs)),
  };
  const seen = await seenWithin(moose, whole);
  const secondsOf = (intervals: readonly Interval[]) => lengthMs(intervals) / 1_000 / size;
  return {
    perSecond: size / (lengthMs([whole]) / 1_000),
    wallMsP50: median(finished.map(({ startMs, endMs }) => endMs - startMs)),
    busySeconds: {
      git: secondsOf(seen.git),
      agent: secondsOf(seen.agent),
      check: secondsOf(seen.check),
      model: secondsOf(seen.model),
      'session start': secondsOf(seen.sessionStart),
      database: secondsOf(seen.statements),
    },
    forkShare: lengthMs(seen.forks) / lengthMs([whole]),
    cpu: cpu && { moose: cpu.moose / size, children: cpu.children / size, postgres: cpu.postgres / size },
  };
}

function figuresOf(batches: readonly Batch[]): Figures {
  const p50 = (value: (batch: Batch) => number) => rounded(median(batches.map(value)));
  const kinds = Object.keys(batches[0]?.busySeconds ?? {}) as (keyof Batch['busySeconds'])[];
  const shareOf = (kind: (typeof kinds)[number]) =>
    p50(({ busySeconds }) => busySeconds[kind] / sum(Object.values(busySeconds)));
  const cpuMs = (whose: keyof CpuSeconds) =>
    batches.some(({ cpu }) => cpu === null) ? null : p50(({ cpu }) => (cpu?.[whose] ?? 0) * 1_000);
  return {
    per_second: p50(({ perSecond }) => perSecond),
    wall_ms_p50: p50(({ wallMsP50 }) => wallMsP50),
    busy_share: Object.fromEntries(kinds.map((kind) => [kind.replaceAll(' ', '_'), shareOf(kind)])),
    fork_share_of_time: p50(({ forkShare }) => forkShare),
    cpu_ms_per_work_order: {
      moose: cpuMs('moose'),
      children: cpuMs('children'),
      postgres: cpuMs('postgres'),
    },
  };
}
