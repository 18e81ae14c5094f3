// Finds significant differences: models that fail more often than the others at a kind of work or with a kind of
// failure (R-LRN-3). Pure.
import type * as wire from '../../contract/contract.ts';
import type { OutcomeCount } from '../../store/figures/outcomes.ts';
import { believable, chanceOfGreater, type Share } from './compare-shares.ts';
import { wilsonInterval } from './wilson.ts';

type Finding = wire.Learning['findings'][number];

interface Comparison {
  does: string;
  own: Share;
  others: Share;
  chance: number;
}

/** With fewer attempts, no conclusion is possible. */
const attemptsMin = 5;
const findingsMax = 20;

/**
 * Most certain first. Each model is compared with all others together, in each band of complexity and for each kind of
 * failure.
 */
export function findingsOf(counts: readonly OutcomeCount[]): Finding[] {
  const models = [...new Set(counts.map(({ model }) => model))];
  const comparisons = models.flatMap((model) => comparisonsOf(model, counts));
  const believed = believable(comparisons.map(({ chance }) => chance));
  return comparisons
    .filter((_, index) => believed[index])
    .sort((one, other) => one.chance - other.chance)
    .slice(0, findingsMax)
    .map(({ does, own, others, chance }) => ({
      text: `${does}: ${own.hits} of ${own.of}, others ${others.hits} of ${others.of}.`,
      evidence: `${shareText(own)} against ${shareText(others)}; by chance alone ${chanceText(chance)} (Fisher's exact test, Holm's correction for ${comparisons.length} comparisons).`,
    }));
}

function comparisonsOf(model: string, counts: readonly OutcomeCount[]): Comparison[] {
  const compare = (
    does: string,
    isAsked: (count: OutcomeCount) => boolean,
    isHit: (count: OutcomeCount) => boolean,
  ): Comparison => {
    const asked = counts.filter(isAsked);
    const own = shareOf(
      asked.filter((count) => count.model === model),
      isHit,
    );
    const others = shareOf(
      asked.filter((count) => count.model !== model),
      isHit,
    );
    return { does: `${model} ${does}`, own, others, chance: chanceOfGreater(own, others) };
  };
  const bands = [...new Set(counts.map(({ band }) => band))];
  const classes = [...new Set(counts.flatMap(({ failureClass }) => failureClass ?? []))];
  return [
    ...bands.map((band) =>
      compare(
        `fails more often than the others at work of ${band} complexity`,
        (count) => count.band === band,
        ({ success }) => !success,
      ),
    ),
    ...classes.map((failureClass) =>
      compare(
        `ends with ${failureClass} more often than the others`,
        () => true,
        (count) => !count.success && count.failureClass === failureClass,
      ),
    ),
  ].filter(({ own, others }) => own.of >= attemptsMin && others.of >= attemptsMin);
}

function shareOf(counts: readonly OutcomeCount[], isHit: (count: OutcomeCount) => boolean): Share {
  const attempts = (all: readonly OutcomeCount[]) => all.reduce((sum, each) => sum + each.attempts, 0);
  return { hits: attempts(counts.filter(isHit)), of: attempts(counts) };
}

function shareText({ hits, of }: Share): string {
  const { low, high } = wilsonInterval(hits, of);
  const percent = (share: number) => Math.round(share * 100);
  return `${percent(hits / of)} % (${percent(low)} to ${percent(high)} %)`;
}

function chanceText(chance: number): string {
  return chance < 0.000_1
    ? 'in fewer than 1 of 10,000 cases'
    : `in ${(chance * 100).toPrecision(2)} % of cases`;
}
