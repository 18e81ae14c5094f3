// Tasks that are left alone, with Moose and with a shell loop beside it in the same run, with the same agent.
import { type Bench, type BenchOptions, goalAtMost } from './measuring/bench.ts';
import { rounded } from './measuring/statistics.ts';
import { type ContenderName, failing, happy, killed, limited, traffic } from './unattended/scenarios.ts';

const restSecondsMax = 60;
const moveSecondsMax = 3;
const unspentUsdMax = 0.2;
const unspentShareMax = 0.1;

export const bench: Bench = {
  about: 'tasks left alone, with Moose and with a shell loop: failures, kills, a limit, and what both cost',
  run: async (options) => {
    const shell = await figuresOf('shell', options);
    const moose = await figuresOf('moose', options);
    const { fits, exceeds } = await trafficOf(options);
    const { failures, kills, power_cuts: cuts, day_of_1_usd: day } = moose;
    return {
      figures: { moose, shell, traffic: { ...fits, exceeds } },
      goals: {
        failures: goalAtMost(
          'failing agents that were not recovered from',
          failures.tasks - failures.landed,
          0,
        ),
        attempts: goalAtMost(
          'attempts more than one for each failing agent',
          failures.agents - 2 * failures.tasks,
          0,
        ),
        kills: goalAtMost('tasks lost or done twice by kills', lost(kills) + lost(cuts), 0),
        rest: goalAtMost(
          'seconds from the last of twelve kills until everything is done',
          Math.max(kills.seconds_after_the_last_start, cuts.seconds_after_the_last_start),
          restSecondsMax,
        ),
        moves: goalAtMost(
          'seconds from a start until open work moves',
          cuts.seconds_until_work_moves ?? 0,
          moveSecondsMax,
        ),
        failed: goalAtMost('tasks that a limit of $1 a day makes fail', day.failed, 0),
        unspent: goalAtMost(
          'dollars of the limit that are not spent',
          rounded(1 - day.spent_usd),
          unspentUsdMax,
        ),
        overspent: goalAtMost('dollars spent in a day with a limit of $1', rounded(day.spent_usd), 1),
        parked: goalAtMost(
          'tasks that the limit of the day stops although it holds what they need',
          Object.values(fits).reduce(
            (sum, { runs, landed, calls_refused }) => sum + runs - landed + calls_refused,
            0,
          ),
          0,
        ),
        starved: goalAtMost(
          'share of the limit that is unspent when the first call is refused, if tasks need more than the limit',
          rounded(1 - (exceeds.spent_share_at_the_first_refusal ?? exceeds.spent_share)),
          unspentShareMax,
        ),
        questions: goalAtMost('questions about the limit', day.questions, 1),
      },
    };
  },
};

async function trafficOf(options: BenchOptions) {
  const of = (runs: number, turns: number, shareNeeded: number) => {
    options.note(`moose: ${runs} agents of ${turns} calls, which need ${shareNeeded} of the limit`);
    return traffic({ runs: options.isQuick ? Math.ceil(runs / 4) : runs, turns, shareNeeded }, options);
  };
  const fits = { many_short: await of(40, 10, 0.48), fewer_long: await of(24, 20, 0.76) };
  return { fits, exceeds: await of(24, 20, 1.5) };
}

const lost = ({ tasks, landed, doubled }: { tasks: number; landed: number; doubled: number }) =>
  tasks - landed + doubled;

async function figuresOf(name: ContenderName, options: BenchOptions) {
  const step = async <T>(what: string, act: () => Promise<T>) => {
    options.note(`${name}: ${what}`);
    return act();
  };
  return {
    happy: await step('tasks that succeed', () => happy(name, options)),
    failures: await step('agents that fail in their first attempt', () => failing(name, options)),
    kills: await step('kills of the process', () => killed(name, options, false)),
    power_cuts: await step('kills of every process', () => killed(name, options, true)),
    day_of_1_usd: await step('a limit of $1 a day', () => limited(name, options)),
  };
}
