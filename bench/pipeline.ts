import { type Bench, type Figures, goalAtMost } from './measuring/bench.ts';
import { rounded, sum } from './measuring/statistics.ts';
import { measureAtOnce } from './pipeline/at-once.ts';
import { withMoose } from './pipeline/moose-under-test.ts';
import { measureOneAtATime } from './pipeline/one-at-a-time.ts';

const ratioMax = 3;
const cpuMsMax = 150;

export const bench: Bench = {
  about:
    'what a work order costs beside its model, agent, git and checks, and how many there are in a second',
  run: (options) =>
    withMoose(options.signal, async (moose) => {
      const alone = await measureOneAtATime(moose, options);
      const atOnce = await measureAtOnce(moose, options);
      return {
        figures: { one_at_a_time: alone.figures, at_once: atOnce },
        goals: {
          own_time: goalAtMost(
            "Moose's own time per work order, in bare five-step workflows of the same run",
            rounded(alone.ratio),
            ratioMax,
          ),
          own_cpu: goalAtMost(
            'milliseconds of processor time per work order of Moose, git and the database, one at a time',
            cpuMsOf(atOnce),
            cpuMsMax,
          ),
        },
      };
    }),
};

/** NaN, which meets no goal, where the machine does not tell it. */
function cpuMsOf(atOnce: Figures): number {
  const alone = atOnce['1'] as { cpu_ms_per_work_order: Record<string, number | null> };
  const parts = Object.values(alone.cpu_ms_per_work_order);
  return rounded(sum(parts.map((ms) => ms ?? Number.NaN)));
}
