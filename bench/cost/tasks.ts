// What ten tasks cost beside a shell loop that runs the same agent, and what Moose costs when nothing happens.
import { type BenchOptions, goalAtMost, type Measured } from '../measuring/bench.ts';
import { rounded } from '../measuring/statistics.ts';
import { happy, shortIdleMs } from '../unattended/scenarios.ts';

const idleMs = 300_000;

export async function tasks(options: BenchOptions): Promise<Measured> {
  options.note('the shell loop');
  const shell = await happy('shell', options, shortIdleMs);
  options.note('the shell loop with the checks of Moose');
  const proving = await happy('proving_shell', options, shortIdleMs);
  options.note('Moose');
  const moose = await happy('moose', options, options.isQuick ? shortIdleMs : idleMs);
  const ratio = rounded(moose.cpu_seconds_a_task / shell.cpu_seconds_a_task);
  const checked = rounded(moose.cpu_seconds_a_task / proving.cpu_seconds_a_task);
  const { first_start: first, second_start: second, idle } = moose;
  return {
    figures: {
      moose,
      shell,
      proving_shell: proving,
      cpu_of_the_shell_loop: ratio,
      cpu_of_the_proving_shell_loop: checked,
    },
    goals: {
      landed: goalAtMost('tasks that did not land', moose.tasks - moose.landed, 0),
      cpu: goalAtMost('processor time of a task, in that of the shell loop', ratio, 1.6),
      cpu_of_same_checks: goalAtMost(
        'processor time of a task, in that of a shell loop with the same checks',
        checked,
        1.6,
      ),
      begins: goalAtMost('seconds until the first agent', moose.seconds_to_the_first_agent, 1.5),
      ends: goalAtMost('seconds after the last agent', moose.seconds_after_the_last_agent, 2),
      cold: goalAtMost('seconds of the first start', first.seconds, 5),
      warm: goalAtMost('seconds of a later start', second.seconds, 1.5),
      disk: goalAtMost('megabytes on the disk before the first task', first.megabytes_on_disk, 50),
      idle_cpu: goalAtMost(
        'processor seconds of 300 s without work',
        rounded(5 * idle.cpu_seconds_a_minute),
        1.5,
      ),
      idle_memory: goalAtMost('megabytes of memory without work', idle.megabytes, 200),
      idle_processes: goalAtMost('processes without work', idle.processes, 16),
    },
  };
}
