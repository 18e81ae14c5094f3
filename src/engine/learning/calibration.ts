// How accurate the estimates behind choices of arms are: expected against actual values, in bins. Pure.
import type * as wire from '../../contract/contract.ts';
import { usdNumber } from '../../domain/money.ts';
import type { ExpectedAndActual } from '../../store/figures/own-decisions.ts';
import { wilsonInterval } from './wilson.ts';

const binCount = 10;
const costBins = 5;
/** 95 % of a normal distribution lie within this many standard deviations. */
const deviations = 1.959964;

export function calibrationOf(rows: readonly ExpectedAndActual[]): wire.Calibration {
  return {
    tries: rows.length,
    brier:
      rows.length === 0 ? null : mean(rows.map(({ chance, success }) => (chance - Number(success)) ** 2)),
    cost_ratio: costRatio(rows),
    chances: chanceBins(rows),
    costs: costBinsOf(rows),
  };
}

/** Bins of equal width, so that a reader knows their bounds; bins without a try are left out. */
function chanceBins(rows: readonly ExpectedAndActual[]): wire.Calibration['chances'] {
  const binOf = ({ chance }: ExpectedAndActual) => Math.min(binCount - 1, Math.floor(chance * binCount));
  return [...Map.groupBy(rows, binOf)]
    .sort(([one], [other]) => one - other)
    .map(([bin, its]) => {
      const passed = its.filter(({ success }) => success).length;
      return {
        from: bin / binCount,
        to: (bin + 1) / binCount,
        tries: its.length,
        expected: mean(its.map(({ chance }) => chance)),
        actual: passed / its.length,
        ...wilsonInterval(passed, its.length),
      };
    });
}

/** The same number of tries in each bin, because costs have no natural bounds. */
function costBinsOf(rows: readonly ExpectedAndActual[]): wire.Calibration['costs'] {
  const sorted = [...rows].sort((one, other) => one.costUsd - other.costUsd);
  const size = Math.max(1, Math.ceil(sorted.length / costBins));
  return Array.from({ length: Math.ceil(sorted.length / size) }, (_, bin) => {
    const its = sorted.slice(bin * size, (bin + 1) * size);
    const actual = its.map(({ costNanoUsd }) => usdNumber(costNanoUsd));
    const average = mean(actual);
    const spread = actual.reduce((sum, each) => sum + (each - average) ** 2, 0) / Math.max(1, its.length - 1);
    const width = deviations * Math.sqrt(spread / its.length);
    return {
      from_usd: its[0]?.costUsd ?? 0,
      to_usd: its.at(-1)?.costUsd ?? 0,
      tries: its.length,
      expected_usd: mean(its.map(({ costUsd }) => costUsd)),
      actual_usd: average,
      low_usd: Math.max(0, average - width),
      high_usd: average + width,
    };
  });
}

function costRatio(rows: readonly ExpectedAndActual[]): number | null {
  const expected = rows.reduce((sum, { costUsd }) => sum + costUsd, 0);
  const actual = rows.reduce((sum, { costNanoUsd }) => sum + usdNumber(costNanoUsd), 0);
  return expected > 0 ? actual / expected : null;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, each) => sum + each, 0) / values.length;
