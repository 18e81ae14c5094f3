// What both contenders go through, each time in a new repository.
import { sleep } from '../../src/stdx/async/sleep.ts';
import type { BenchOptions } from '../measuring/bench.ts';
import { median, rounded } from '../measuring/statistics.ts';
import { bytesBelow } from './bytes-below.ts';
import type { Contender, Results } from './contender.ts';
import { type Ground, openGround } from './ground.ts';
import { moose } from './moose.ts';
import { provingLoop, shellLoop } from './shell.ts';
import {
  agentsStarted,
  agentTimes,
  callsOfPriced,
  callsRefused,
  failures,
  type Task,
  tasksOf,
  usdOfTurns,
} from './tasks.ts';

export const contenders = { moose, shell: shellLoop, proving_shell: provingLoop } as const;
export type ContenderName = keyof typeof contenders;

interface Place {
  ground: Ground;
  contender: Contender;
  options: BenchOptions;
}

const dailyUsd = 1;
const killEveryMs = 10_000;
const lookEveryMs = 100;
const overMsMax = 10 * 60_000;
/** Nothing more happens on a day whose money is spent. */
const stillMs = 20_000;
/** After a start, open work moves within this time, or it counts as never. */
const moveMsMax = 8_000;
export const shortIdleMs = 15_000;
/** By then, the processes of what was killed have noticed. */
const killedMs = 2_000;
const megabyte = 1_000_000;
/** Together with the tasks, they make a load of about 17. */
const busyLoops = 14;
const nanoPerUsd = 1e9;

const secondsSince = (fromMs: number) => rounded((performance.now() - fromMs) / 1_000);

/** @param limits whether a day has a limit of $1 */
async function withWorkSlots<T>(
  name: ContenderName,
  options: BenchOptions,
  act: (place: Place) => Promise<T>,
  limits = false,
): Promise<T> {
  const ground = await openGround(options.signal);
  const contender = contenders[name](ground, options.signal, limits ? { dailyUsd } : {});
  try {
    return await act({ ground, contender, options });
  } finally {
    await contender.close();
    await ground.close();
  }
}

/** @param idleMs how long it is watched without work afterwards */
export const happy = (
  name: ContenderName,
  options: BenchOptions,
  idleMs = options.isQuick ? shortIdleMs : 60_000,
) =>
  withWorkSlots(name, options, async (place) => {
    const { ground, contender } = place;
    const started = performance.now();
    await contender.begin([]);
    const ready = secondsSince(started);
    const startCpu = ground.processes.cpuSeconds();
    const disk = await bytesBelow(ground.data);
    const tasks = tasksOf(options.isQuick ? 4 : 10, 'happy');
    const peak = { bytes: 0, processes: 0 };
    const times = await timesOf(place, tasks, () => {
      peak.bytes = Math.max(peak.bytes, ground.processes.memoryBytes());
      peak.processes = Math.max(peak.processes, ground.processes.count());
    });
    return {
      ...times,
      cpu_seconds_a_task: rounded((ground.processes.cpuSeconds() - startCpu) / tasks.length),
      peak_megabytes: rounded(peak.bytes / megabyte),
      peak_processes: peak.processes,
      first_start: {
        seconds: ready,
        cpu_seconds: rounded(startCpu),
        megabytes_on_disk: rounded(disk / megabyte),
      },
      ...(await idle(place, idleMs)),
      ...(await secondStart(place)),
    };
  });

/** One task after the other on a machine with nothing else to do. */
export const alone = (name: ContenderName, options: BenchOptions) =>
  withWorkSlots(name, options, async (place) => {
    await place.contender.begin([]);
    const all: Times[] = [];
    // The first task finds everything cold, so it does not count.
    for (const task of tasksOf(options.isQuick ? 3 : 6, 'alone')) all.push(await timesOf(place, [task]));
    const warm = all.slice(1);
    return {
      tasks: all.length,
      landed: all.filter(({ landed }) => landed === 1).length,
      seconds_to_the_first_agent: median(warm.map((times) => times.seconds_to_the_first_agent)),
      seconds_after_the_last_agent: median(warm.map((times) => times.seconds_after_the_last_agent)),
    };
  });

/** While other programs want all of the processors. */
export const loaded = (name: ContenderName, options: BenchOptions) =>
  withWorkSlots(name, options, async (place) => {
    await place.contender.begin([]);
    for (let n = 0; n < busyLoops; n++) place.ground.processes.run('while :; do :; done');
    return timesOf(place, tasksOf(options.isQuick ? 4 : 10, 'loaded'));
  });

type Times = {
  tasks: number;
  landed: number;
  seconds: number;
  seconds_to_the_first_agent: number;
  seconds_after_the_last_agent: number;
};

async function timesOf(place: Place, tasks: readonly Task[], look?: () => void): Promise<Times> {
  const { ground, contender } = place;
  const fromMs = Date.now();
  await contender.begin(tasks);
  const { landed } = await untilOver(place, tasks, look);
  const overMs = Date.now();
  const first = Math.min(...agentTimes(ground.shared, 'started', tasks));
  const last = Math.max(...agentTimes(ground.shared, 'ended', tasks));
  return {
    tasks: tasks.length,
    landed,
    seconds: rounded((overMs - fromMs) / 1_000),
    seconds_to_the_first_agent: rounded((first - fromMs) / 1_000),
    seconds_after_the_last_agent: rounded((overMs - last) / 1_000),
  };
}

/** After a kill, with everything done. */
async function secondStart({ contender, options }: Place) {
  contender.kill();
  await sleep(killedMs, options.signal);
  const from = performance.now();
  await contender.startAgain();
  return { second_start: { seconds: secondsSince(from) } };
}

/** Without work, after the last task. */
async function idle({ ground: { processes }, options: { signal } }: Place, ms: number) {
  const before = processes.cpuSeconds();
  await sleep(ms, signal);
  return {
    idle: {
      cpu_seconds_a_minute: rounded(((processes.cpuSeconds() - before) * 60_000) / ms),
      megabytes: rounded(processes.memoryBytes() / megabyte),
      processes: processes.count(),
    },
  };
}

/** Each agent fails in its first attempt, in its own way. */
export const failing = (name: ContenderName, options: BenchOptions) =>
  withWorkSlots(name, options, async (place) => {
    const tasks = failures.map((behaviour) => ({ id: behaviour, behaviour, calls: 2 }));
    await place.contender.begin(tasks);
    const { landed, questions } = await untilOver(place, tasks);
    return { tasks: tasks.length, landed, questions, agents: agentsStarted(place.ground.shared, tasks) };
  });

/** @param isWhole every process is killed, agents and database too, as when the machine loses its power */
export const killed = (name: ContenderName, options: BenchOptions, isWhole: boolean) =>
  withWorkSlots(name, options, async (place) => {
    const { ground, contender } = place;
    const tasks = tasksOf(options.isQuick ? 6 : 20, 'killed');
    await contender.begin(tasks);
    const moves: number[] = [];
    let landedBefore = 0;
    for (let kill = 1; kill <= (options.isQuick ? 3 : 12); kill++) {
      await sleep(killEveryMs, options.signal);
      landedBefore = (await ground.onRemote(tasks)).landed;
      const agentsBefore = agentsStarted(ground.shared, tasks);
      if (isWhole) ground.processes.killAll();
      else contender.kill();
      const from = performance.now();
      await contender.startAgain();
      options.note(`${name}, kill ${kill}: ${landedBefore} landed, ${agentsBefore} agents started`);
      if (isWhole && landedBefore < tasks.length)
        moves.push(await secondsToMove(place, tasks, agentsBefore, from));
    }
    const from = performance.now();
    const { landed, doubled, questions } = await untilOver(place, tasks);
    return {
      tasks: tasks.length,
      landed,
      doubled,
      questions,
      agents: agentsStarted(ground.shared, tasks),
      landed_before_the_last_kill: landedBefore,
      seconds_after_the_last_start: secondsSince(from),
      ...(isWhole ? { seconds_until_work_moves: Math.max(0, ...moves) } : {}),
      worktrees_left: await ground.worktrees(),
    };
  });

/** From the start until the next agent runs. */
async function secondsToMove(
  { ground, options }: Place,
  tasks: readonly Task[],
  agentsBefore: number,
  from: number,
) {
  while (performance.now() - from < moveMsMax) {
    if (agentsStarted(ground.shared, tasks) > agentsBefore) break;
    await sleep(10, options.signal);
  }
  return secondsSince(from);
}

/** Twelve tasks of $0.40 on a day with $1. */
export const limited = (name: ContenderName, options: BenchOptions) =>
  withWorkSlots(
    name,
    options,
    async (place) => {
      const { ground, contender } = place;
      const tasks = tasksOf(12, 'limited', callsOfPriced);
      await contender.begin(tasks);
      const { landed, failed, questions } = await untilOver(place, tasks, undefined, stillMs);
      return {
        tasks: tasks.length,
        spent_usd: Number(ground.bill.nanoUsd) / nanoPerUsd,
        landed,
        failed,
        questions,
      };
    },
    true,
  );

/**
 * Agents whose requests grow with each turn, up to what a limit of the day holds. Each call may cost ten times what it
 * does cost, so whoever reserves for runs, or refuses what does not fit at this moment, ends far below the limit.
 */
export async function traffic(
  { runs, turns, shareNeeded }: { runs: number; turns: number; shareNeeded: number },
  options: BenchOptions,
) {
  const ground = await openGround(options.signal);
  const dailyUsd = rounded((runs * usdOfTurns(turns)) / shareNeeded);
  const contender = moose(ground, options.signal, { dailyUsd, runsMax: 64 });
  try {
    const tasks = tasksOf(runs, 'grows', turns, 'grows');
    await contender.begin(tasks);
    let shareAtRefusal: number | null = null;
    const look = async () => {
      if (shareAtRefusal === null && callsRefused(ground.shared) > 0)
        shareAtRefusal = rounded((await contender.spentUsd()) / dailyUsd);
    };
    const results = await untilOver({ ground, contender, options }, tasks, look, stillMs);
    const { landed, failed, questions } = results;
    const spentUsd = await contender.spentUsd();
    return {
      runs,
      turns,
      limit_usd: dailyUsd,
      spent_usd: rounded(spentUsd),
      spent_share: rounded(spentUsd / dailyUsd),
      landed,
      failed,
      questions,
      calls_refused: callsRefused(ground.shared),
      spent_share_at_the_first_refusal: shareAtRefusal,
    };
  } finally {
    await contender.close();
    await ground.close();
  }
}

/** Waits until every task has ended, or, if given, until none has landed and no call was answered for this long. */
async function untilOver(
  { ground: { bill }, contender, options: { signal } }: Place,
  tasks: readonly Task[],
  look: () => unknown = () => undefined,
  still = Number.POSITIVE_INFINITY,
): Promise<Results> {
  const from = performance.now();
  let last = { done: 0, atMs: from };
  for (;;) {
    await look();
    const results = await contender.results(tasks);
    const nowMs = performance.now();
    const done = results.landed + bill.calls;
    if (done > last.done) last = { done, atMs: nowMs };
    const isStill = last.done > 0 && nowMs - last.atMs > still;
    if (results.ended === tasks.length || isStill || nowMs - from > overMsMax) return results;
    await sleep(lookEveryMs, signal);
  }
}
