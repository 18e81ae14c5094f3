import { type Bench, goalAtMost } from './measuring/bench.ts';
import { rounded } from './measuring/statistics.ts';
import { measureAtOnce } from './pipeline/at-once.ts';
import { withMoose } from './pipeline/moose-under-test.ts';
import { measureOneAtATime } from './pipeline/one-at-a-time.ts';

const ratioMax = 3;

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
        },
      };
    }),
};
