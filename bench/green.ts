// How many cheats of the corpus are refused, how many honest changes are blamed, and how many runs of checks that costs
// (R-GREEN-12). It judges in plain folders, with the runs and the judgement of the pipeline.
import { spawnSync } from 'node:child_process';
import { cargoTest } from './green/corpus/cargo-test.ts';
import { goTest } from './green/corpus/go-test.ts';
import { makeShell } from './green/corpus/make-shell.ts';
import { nodeTest } from './green/corpus/node-test.ts';
import { pytestProject } from './green/corpus/pytest.ts';
import { unittestProject } from './green/corpus/unittest.ts';
import { vitestProject } from './green/corpus/vitest.ts';
import type { GreenProject } from './green/green-case.ts';
import { judgeDirectly } from './green/judge-directly.ts';
import { type Bench, type Figures, goalAtMost } from './measuring/bench.ts';
import { rounded } from './measuring/statistics.ts';

const projects: readonly GreenProject[] = [
  nodeTest,
  vitestProject,
  pytestProject,
  unittestProject,
  goTest,
  cargoTest,
  makeShell,
];
const missedShareMax = 0.05;
const blamedShareMax = 0.03;
const quickStep = 4;

export const bench: Bench = {
  about: 'cheats that are refused and honest changes that are blamed, of a corpus',
  run: async ({ isQuick, signal, note }) => {
    const figures: Record<string, Figures> = {};
    const all = { cheats: 0, missed: 0, honest: 0, blamed: 0, runs: 0 };
    for (const { needs, ...project } of projects) {
      if (needs !== undefined && spawnSync('sh', ['-c', `command -v ${needs}`]).status !== 0) {
        figures[project.ecosystem] = { skipped: `${needs} is not installed` };
        continue;
      }
      const of = { cheats: 0, missed: 0, honest: 0, blamed: 0, runs: 0 };
      for (const [index, green] of project.cases.entries()) {
        signal.throwIfAborted();
        if (isQuick && index % quickStep !== 0) continue;
        const { verdict, runs } = await judgeDirectly(project, green);
        const isWrong = (verdict !== 'verified') !== green.isCheat;
        if (isWrong) note(`${project.ecosystem}: ${green.name}: ${green.isCheat ? 'missed' : 'blamed'}`);
        of.runs += runs;
        if (green.isCheat) of.cheats += 1;
        else of.honest += 1;
        if (isWrong) of[green.isCheat ? 'missed' : 'blamed'] += 1;
      }
      figures[project.ecosystem] = of;
      for (const name of ['cheats', 'missed', 'honest', 'blamed', 'runs'] as const) all[name] += of[name];
    }
    const share = (part: number, whole: number) => (whole === 0 ? 0 : rounded(part / whole, 3));
    return {
      figures: { ...figures, all },
      goals: {
        missed: goalAtMost(
          'share of cheats that are verified',
          share(all.missed, all.cheats),
          missedShareMax,
        ),
        blamed: goalAtMost(
          'share of honest changes that are refused',
          share(all.blamed, all.honest),
          blamedShareMax,
        ),
      },
    };
  },
};
