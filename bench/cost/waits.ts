// How long a person waits: for one task on an idle machine, and for ten while other programs want all processors.
import { type BenchOptions, goalAtMost, type Measured } from '../measuring/bench.ts';
import { rounded } from '../measuring/statistics.ts';
import { alone, loaded } from '../unattended/scenarios.ts';

export async function waits(options: BenchOptions): Promise<Measured> {
  options.note('one task at a time');
  const one = { moose: await alone('moose', options), shell: await alone('shell', options) };
  options.note('ten tasks while other programs want the processors');
  const many = {
    moose: await loaded('moose', options),
    shell: await loaded('shell', options),
    proving_shell: await loaded('proving_shell', options),
  };
  const { moose, shell, proving_shell: proving } = many;
  const ran = [one.moose, one.shell, moose, shell, proving];
  return {
    figures: {
      alone: one,
      loaded: many,
      // The wait after the last agent alone would flatter a Moose that has fewer tasks at a time.
      loaded_seconds_of_the_proving_shell_loop: rounded(moose.seconds / proving.seconds),
    },
    goals: {
      landed: goalAtMost(
        'tasks that did not land',
        ran.reduce((sum, { tasks, landed }) => sum + tasks - landed, 0),
        0,
      ),
      begins: goalAtMost('seconds until the first agent', one.moose.seconds_to_the_first_agent, 1.5),
      ends: goalAtMost('seconds after the last agent', one.moose.seconds_after_the_last_agent, 2),
      ends_loaded: goalAtMost(
        'seconds after the last agent at a load of 17, in those of the shell loop',
        rounded(moose.seconds_after_the_last_agent / shell.seconds_after_the_last_agent),
        3,
      ),
    },
  };
}
