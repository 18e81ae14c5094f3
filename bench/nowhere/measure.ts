// What stopping by a score would have done to labelled runs: precision, recall, money saved, calibration. Pure.
import { pausedWellMax } from '../../src/domain/nowhere/pause-early.ts';
import { scoreOf } from '../../src/domain/nowhere/score.ts';
import type { Estimate, ScoreModel } from '../../src/domain/nowhere/score-model.ts';
import { wilsonInterval } from '../../src/engine/learning/wilson.ts';
import type { Random } from '../../src/stdx/random.ts';
import { openCycles } from './fit.ts';
import type { LabelledRun } from './labelled-runs.ts';

type Score = (run: LabelledRun, cycle: number) => number;

export const scoredBy =
  (model: ScoreModel): Score =>
  (run, cycle) => {
    const features = run.cycles[cycle]?.features;
    return features ? scoreOf(features, model) : 0;
  };

/** A rule without a score: three different changes in a row failed with the same message. */
export const threeEqual: Score = (run, cycle) =>
  (run.cycles[cycle]?.features.equalFailures ?? 0) >= 0.5 ? 1 : 0;

/** The first cycle after which the run would have been paused; -1 if never. */
function pausedAfter(run: LabelledRun, score: Score, above: number): number {
  return openCycles(run).findIndex((_, cycle) => score(run, cycle) >= above);
}

export function highestScores(runs: readonly LabelledRun[], score: Score): number[] {
  return runs
    .filter(({ endsWell }) => endsWell)
    .map((run) => Math.max(0, ...openCycles(run).map((_, cycle) => score(run, cycle))));
}

/** The lowest threshold, in hundredths, that pauses at most 2 % of the runs that end well. */
export function lowestAllowed(runs: readonly LabelledRun[], score: Score): number {
  const highest = highestScores(runs, score);
  for (let hundredths = 1; hundredths < 100; hundredths++) {
    const paused = highest.filter((score) => score >= hundredths / 100).length;
    if (paused <= pausedWellMax * highest.length) return hundredths / 100;
  }
  return 1;
}

export interface Effect {
  runs: number;
  nowhere: number;
  paused: number;
  precision: Estimate;
  recall: Estimate;
  /** The share of runs that end well but would have been paused. */
  pausedWell: Estimate;
  /** The share of all runs' cost that correct pauses would have saved. */
  savedShare: Estimate;
  savedUsd: number;
}

const resamples = 1_000;

export function effectOf(runs: readonly LabelledRun[], score: Score, above: number, random: Random): Effect {
  const seen = runs.map((run) => {
    const at = pausedAfter(run, score, above);
    const spent = at < 0 ? run.costUsd : (run.cycles[at]?.costUsd ?? run.costUsd);
    const saved = at < 0 || run.endsWell ? 0 : Math.max(0, run.costUsd - spent);
    return { isPaused: at >= 0, endsWell: run.endsWell, saved, cost: run.costUsd };
  });
  const count = (is: (one: (typeof seen)[number]) => boolean) => seen.filter(is).length;
  const paused = count(({ isPaused }) => isPaused);
  const right = count(({ isPaused, endsWell }) => isPaused && !endsWell);
  const nowhere = count(({ endsWell }) => !endsWell);
  const share = (of: typeof seen) => {
    const cost = of.reduce((sum, one) => sum + one.cost, 0);
    return cost === 0 ? 0 : of.reduce((sum, one) => sum + one.saved, 0) / cost;
  };
  const drawn = Array.from({ length: resamples }, () =>
    share(seen.map(() => seen[Math.floor(random() * seen.length)] ?? (seen[0] as (typeof seen)[number]))),
  ).sort((a, b) => a - b);
  return {
    runs: seen.length,
    nowhere,
    paused,
    precision: estimateOf(right, paused),
    recall: estimateOf(right, nowhere),
    pausedWell: estimateOf(paused - right, seen.length - nowhere),
    savedShare: {
      share: share(seen),
      low: drawn[Math.floor(0.025 * resamples)] ?? 0,
      high: drawn[Math.floor(0.975 * resamples)] ?? 0,
    },
    savedUsd: seen.reduce((sum, { saved }) => sum + saved, 0),
  };
}

export function estimateOf(hits: number, of: number): Estimate {
  return { share: of === 0 ? 0 : hits / of, ...wilsonInterval(hits, of) };
}

export interface Bin {
  from: number;
  runs: number;
  /** The mean score, and the share of these runs that went nowhere. */
  foretold: number;
  observed: number;
}

const bins = 5;

/** Reliability in bins of equal width. Each run has the same weight, as in the fit, however many open cycles it has. */
export function reliabilityOf(runs: readonly LabelledRun[], score: Score): { bins: Bin[]; error: number } {
  const cases = runs.flatMap((run) =>
    openCycles(run).map((_, cycle, all) => ({
      score: score(run, cycle),
      isNowhere: !run.endsWell,
      weight: 1 / all.length,
    })),
  );
  const found = Array.from({ length: bins }, (_, index) => {
    const inside = cases.filter((one) => Math.min(bins - 1, Math.floor(one.score * bins)) === index);
    const total = inside.reduce((sum, { weight }) => sum + weight, 0);
    const mean = (of: (one: (typeof inside)[number]) => number) =>
      total === 0 ? 0 : inside.reduce((sum, one) => sum + of(one) * one.weight, 0) / total;
    return {
      from: index / bins,
      runs: total,
      foretold: mean((one) => one.score),
      observed: mean(({ isNowhere }) => Number(isNowhere)),
    };
  });
  const error = found.reduce((sum, bin) => sum + bin.runs * Math.abs(bin.foretold - bin.observed), 0);
  return {
    bins: found,
    error: runs.length === 0 ? 0 : error / found.reduce((sum, bin) => sum + bin.runs, 0),
  };
}

/** The third cycle, because little is known of a run before it. */
const rankedAfter = 2;

/** The probability that a run that goes nowhere scores higher than one that ends well; 0.5 is random. */
export function rankingOf(runs: readonly LabelledRun[], score: Score): number {
  // Compares runs after the same number of cycles: a longer run has more chances of a high score.
  const judged = runs
    .filter((run) => openCycles(run).length > rankedAfter)
    .map((run) => ({ highest: score(run, rankedAfter), endsWell: run.endsWell }));
  const well = judged.filter(({ endsWell }) => endsWell);
  const nowhere = judged.filter(({ endsWell }) => !endsWell);
  let sum = 0;
  for (const one of nowhere)
    for (const other of well)
      sum += one.highest > other.highest ? 1 : one.highest === other.highest ? 0.5 : 0;
  return well.length * nowhere.length === 0 ? 0.5 : sum / (well.length * nowhere.length);
}

/** The same runs, with their ends randomly exchanged. */
export function withShuffledEnds(runs: readonly LabelledRun[], random: Random): LabelledRun[] {
  const ends = runs.map(({ endsWell }) => ({ endsWell, at: random() })).sort((a, b) => a.at - b.at);
  return runs.map((run, index) => ({ ...run, endsWell: ends[index]?.endsWell ?? run.endsWell }));
}
