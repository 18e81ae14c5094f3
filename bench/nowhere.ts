// How good the score of runs that go nowhere is, measured on labelled runs of a scripted model. By default, runs the
// variants again, some through a whole Moose and all in a shortened form, and stores the runs and the fitted model.
// With --quick, it only measures the stored ones.
import { writeFileSync } from 'node:fs';
import { seededRandom } from '../src/stdx/random.ts';
import { type Bench, type Figures, goalAtMost } from './measuring/bench.ts';
import {
  type LabelledRun,
  labelledRunsPath,
  readRuns,
  saveRuns,
  wholeRunsPath,
} from './nowhere/labelled-runs.ts';
import { type Effect, effectOf, reliabilityOf, scoredBy, threeEqual } from './nowhere/measure.ts';
import { isHeldBack, measuredModel, modelText } from './nowhere/measured-model.ts';
import { runVariants } from './nowhere/run-variants.ts';
import { shortRun } from './nowhere/short-runs.ts';
import { variantOf } from './nowhere/variants.ts';

const runsCount = 600;
const wholeRunsCount = 60;
const modelPath = new URL('../src/domain/nowhere/model.ts', import.meta.url);

export const bench: Bench = {
  about: 'how well the score finds runs that go nowhere, and what pausing them saves',
  run: async ({ isQuick, signal, note }) => {
    if (!isQuick) {
      const keep = (runs: readonly LabelledRun[]) => saveRuns(wholeRunsPath, runs);
      keep(await runVariants(wholeRunsCount, { signal, note, keep }));
      saveRuns(
        labelledRunsPath,
        Array.from({ length: runsCount }, (_, index) => shortRun(variantOf(index + 1))),
      );
    }
    const runs = readRuns(labelledRunsPath);
    const whole = readRuns(wholeRunsPath);
    const found = measuredModel(runs);
    if (!isQuick) writeFileSync(modelPath, modelText(found));
    const { model, measured, shuffled } = found;
    const heldBack = runs.filter(isHeldBack);
    const { bins } = reliabilityOf(heldBack, scoredBy(model));
    const rule = effectOf(heldBack, threeEqual, 0.5, seededRandom(1));
    const score = effectOf(heldBack, scoredBy(model), measured.above, seededRandom(1));
    const differing = whole.filter((run) => !isSame(run, runs)).length;
    return {
      figures: {
        runs: runs.length,
        held_back: measured.heldBack,
        threshold: measured.above,
        score: figuresOf(score),
        three_equal_failures: figuresOf(rule),
        whole_runs: { runs: whole.length, differing },
        ranking: measured.ranking,
        shuffled_ranking: measured.shuffledRanking,
        shuffled: {
          runs: shuffled.runs,
          nowhere: shuffled.nowhere,
          paused: shuffled.paused,
          precision: roundedAll({ ...shuffled.precision }),
          recall: roundedAll({ ...shuffled.recall }),
        },
        reliability: Object.fromEntries(
          bins.map(({ from, ...bin }) => [`from ${from}`, roundedAll(bin)] as const),
        ),
      },
      goals: {
        paused_well: goalAtMost('share of good runs that it would pause', score.pausedWell.share, 0.03),
        imprecision: goalAtMost('share of wrong pauses', 1 - measured.precision.share, 0.1),
        calibration: goalAtMost('calibration error', measured.calibrationError, 0.1),
        shuffled: goalAtMost(
          'distance of the ranking with shuffled ends from chance',
          Math.abs(measured.shuffledRanking - 0.5),
          0.07,
        ),
        shuffled_recall: goalAtMost(
          'share of runs that go nowhere that it finds with shuffled ends',
          shuffled.recall.share,
          0.03,
        ),
        whole_runs: goalAtMost(
          'whole runs whose record differs from the short way',
          differing / whole.length,
          0.2,
        ),
      },
    };
  },
};

/** Whether both forms have the same features and the same end. `spent` is set only by a whole Moose. */
function isSame(whole: LabelledRun, runs: readonly LabelledRun[]): boolean {
  const short = runs.find(({ seed }) => seed === whole.seed);
  const record = (run: LabelledRun) => [
    run.endsWell,
    ...run.cycles.map(({ features }) => ({ ...features, spent: 0 })),
  ];
  return short !== undefined && JSON.stringify(record(short)) === JSON.stringify(record(whole));
}

const three = (value: number) => Number(value.toFixed(3));
const roundedAll = (of: Readonly<Record<string, number>>): Figures =>
  Object.fromEntries(Object.entries(of).map(([name, value]) => [name, three(value)]));

function figuresOf({ runs, nowhere, paused, savedUsd, ...estimates }: Effect): Figures {
  return {
    runs,
    nowhere,
    paused,
    saved_usd: three(savedUsd),
    ...Object.fromEntries(
      Object.entries(estimates).map(([name, estimate]) => [name, roundedAll({ ...estimate })] as const),
    ),
  };
}
