// Fits the score to labelled runs: logistic regression with a ridge penalty, by projected gradient descent. Weights are
// never negative, so a feature can only count against a run, and every reason is valid. C. M. Bishop, 'Pattern
// Recognition and Machine Learning' (2006), section 4.3.2. Pure.
import { type FeatureName, type Features, featureNames } from '../../src/domain/nowhere/features.ts';
import type { ScoreModel } from '../../src/domain/nowhere/score-model.ts';
import type { LabelledRun } from './labelled-runs.ts';

const rounds = 1_500;
const rate = 1;
const ridge = 0.004;

interface Example {
  values: number[];
  label: number;
  weight: number;
}

/** The cycles after which a run can still be stopped: stopping after the last one saves nothing. */
export function openCycles({
  cycles,
  cyclesMax,
}: LabelledRun): readonly { features: Features; costUsd: number }[] {
  return cycles.slice(0, cyclesMax);
}

export function fitModel(runs: readonly LabelledRun[]): ScoreModel {
  const examples = runs.flatMap(examplesOf);
  const total = examples.reduce((sum, { weight }) => sum + weight, 0);
  const weights = featureNames.map(() => 0);
  let intercept = 0;
  for (let round = 0; round < rounds; round++) {
    const slopes = weights.map((weight) => ridge * weight);
    let slope = 0;
    for (const { values, label, weight } of examples) {
      const sum = values.reduce((all, value, index) => all + value * (weights[index] ?? 0), intercept);
      const off = ((1 / (1 + Math.exp(-sum)) - label) * weight) / total;
      slope += off;
      for (const [index, value] of values.entries()) slopes[index] = (slopes[index] ?? 0) + off * value;
    }
    intercept -= rate * slope;
    for (const [index, each] of slopes.entries())
      weights[index] = Math.max(0, (weights[index] ?? 0) - rate * each);
  }
  const entries = featureNames.map((name, index) => [name, digits(weights[index] ?? 0)] as const);
  return {
    intercept: digits(intercept),
    weights: Object.fromEntries(entries) as Record<FeatureName, number>,
  };
}

/** Each run has the same weight, however many cycles it has. */
function examplesOf(run: LabelledRun): Example[] {
  const cycles = openCycles(run);
  const label = run.endsWell ? 0 : 1;
  return cycles.map(({ features }) => ({
    values: featureNames.map((name) => features[name]),
    label,
    weight: 1 / cycles.length,
  }));
}

/** More digits would only store noise, and differ between machines. */
const digits = (value: number) => Number(value.toFixed(3));
