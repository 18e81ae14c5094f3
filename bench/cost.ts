// What work costs with Moose, and what Moose costs without work: all goals of a light Moose, in one run.

import { growth } from './cost/growth.ts';
import { installed } from './cost/installed.ts';
import { compareWithKept } from './cost/kept-ratios.ts';
import { tasks } from './cost/tasks.ts';
import { waits } from './cost/waits.ts';
import { bench as lists } from './lists.ts';
import { bench as live } from './live.ts';
import type { Bench, Measured } from './measuring/bench.ts';
import { bench as pipeline } from './pipeline.ts';
import { bench as sandbox } from './sandbox.ts';
import { bench as scaleOut } from './scale-out.ts';

const parts: Readonly<Record<string, Bench['run']>> = {
  installed,
  tasks,
  waits,
  pipeline: pipeline.run,
  growth,
  machines: (options) => scaleOut.run({ machines: [1, 2], ...options }),
  sandbox: sandbox.run,
  lists: lists.run,
  live: live.run,
};

export const bench: Bench = {
  about: 'what work costs with Moose and with a shell loop, what Moose costs without work, and how both grow',
  run: async (options) => {
    const asked = options.parts ?? Object.keys(parts);
    const all: Measured = { figures: {}, goals: {} };
    for (const name of asked) {
      const part = parts[name];
      if (!part) throw new Error(`There is no part "${name}": there are ${Object.keys(parts).join(', ')}`);
      options.note(name);
      const { figures, goals } = await part(options);
      all.figures[name] = figures;
      for (const [goal, its] of Object.entries(goals)) all.goals[`${name}_${goal}`] = its;
    }
    for (const line of await compareWithKept(all.figures)) options.note(line);
    return all;
  },
};
