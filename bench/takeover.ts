import { type Bench, type Figures, type Goal, goalAtMost } from './measuring/bench.ts';
import { rounded } from './measuring/statistics.ts';
import { embeddedGround, type Ground, givenGround, until } from './takeover/ground.ts';

/** The limit of R-BASE-2. */
const secondsMax = 30;

export const bench: Bench = {
  about: 'how long a work order stands still whose machine is frozen, without power, or cut off',
  run: async ({ signal, note }) => {
    const figures: Figures = {};
    const goals: Record<string, Goal> = {};
    for (const { name, what, openGround, harm, hasOther } of harms) {
      const seconds = rounded(await secondsOf(await openGround(signal), { harm, hasOther }, signal));
      note(`${what}: ${seconds} s`);
      figures[name] = seconds;
      goals[name] = goalAtMost(`seconds until it goes on: ${what}`, seconds, secondsMax);
    }
    return { figures, goals };
  },
};

interface Harm {
  /** Whether another process can take over; otherwise the harmed process continues by itself. */
  hasOther: boolean;
  harm(ground: Ground): void;
}

const freeze = ({ first }: Ground) => void process.kill(first.pid, 'SIGSTOP');
const kill = ({ first }: Ground) => void process.kill(first.pid, 'SIGKILL');
/** Its connections stay open on the server's side. */
const cutPower = (ground: Ground) => {
  ground.way?.silenceAll();
  kill(ground);
};
const silence = ({ way }: Ground) => void way?.silence();

type Named = Harm & { name: string; what: string; openGround: (signal: AbortSignal) => Promise<Ground> };

const harms: readonly Named[] = [
  {
    name: 'embedded_frozen',
    what: 'a process is frozen, with the embedded database',
    openGround: embeddedGround,
    harm: freeze,
    hasOther: true,
  },
  {
    name: 'embedded_killed',
    what: 'a process is killed, with the embedded database',
    openGround: embeddedGround,
    harm: kill,
    hasOther: true,
  },
  {
    name: 'given_frozen',
    what: 'a machine is frozen, with a given database',
    openGround: givenGround,
    harm: freeze,
    hasOther: true,
  },
  {
    name: 'given_no_power',
    what: 'a machine loses power, with a given database',
    openGround: givenGround,
    harm: cutPower,
    hasOther: true,
  },
  {
    name: 'given_silent',
    what: 'all connections of the only machine go silent, with a given database',
    openGround: givenGround,
    harm: silence,
    hasOther: false,
  },
];

/** Measured from the harm on. If no other process takes over, the work order's check is released at the same time. */
async function secondsOf(ground: Ground, { hasOther, harm }: Harm, signal: AbortSignal): Promise<number> {
  try {
    if (hasOther) await ground.startOther();
    const fence = await ground.fence();
    const startMs = performance.now();
    harm(ground);
    if (!hasOther) await ground.openGate();
    await until(hasOther ? async () => (await ground.fence()) > fence : ground.isCompleted, signal);
    const seconds = (performance.now() - startMs) / 1_000;
    await ground.openGate();
    await until(ground.isCompleted, signal);
    return seconds;
  } finally {
    await ground.close();
  }
}
