// Describes a finding in a plain sentence, with what to do about it. Pure.
import type * as wire from '../../contract/contract.ts';
import { cellText, isPartOf, type WorkCell } from '../../domain/work-order/work-cell.ts';
import { chanceOfGreater } from './compare-shares.ts';
import type { FoundPattern } from './find-patterns.ts';
import { wilsonInterval } from './wilson.ts';

type Finding = wire.Patterns['findings'][number];

/** At most this share of the reported findings is wrong, on average. */
const wrongShareMax = 0.05;
const findingsMax = 20;

/** A finding is left out if an earlier finding about the same model covers or explains it. */
export function patternFindings(
  patterns: readonly FoundPattern[],
  exclusions: readonly { model: string; cell: WorkCell }[],
): Finding[] {
  const said: FoundPattern[] = [];
  const known = new Map(patterns.map((each) => [keyOf(each), each]));
  for (const each of patterns) {
    if (each.corrected > wrongShareMax || said.length >= findingsMax) break;
    const isSaid = said.some(
      ({ model, failureClass, cell }) =>
        model === each.model &&
        (failureClass === each.failureClass || failureClass === null) &&
        (isPartOf(each.cell, cell) || isPartOf(cell, each.cell)),
    );
    if (!isSaid && !said.some((other) => isExplained(each, other, known))) said.push(each);
  }
  return said.map((each) => findingOf(each, exclusions));
}

const keyOf = ({ model, failureClass, cell }: Pick<FoundPattern, 'model' | 'failureClass' | 'cell'>) =>
  JSON.stringify([model, failureClass, cell.band, cell.kind, cell.language, cell.word]);

/** Without the work that both are about, no difference would be left: `auth` makes all work in Go look bad. */
function isExplained(one: FoundPattern, by: FoundPattern, known: ReadonlyMap<string, FoundPattern>): boolean {
  if (one.model !== by.model || by.failureClass !== null) return false;
  const cell = { ...one.cell, ...by.cell };
  if (Object.keys(cell).length > 2) return true;
  const both = known.get(keyOf({ ...one, cell }));
  if (!both) return one.failureClass !== null;
  const own = { hits: one.failures - both.failures, of: one.attempts - both.attempts };
  const others = {
    hits: one.otherFailures - both.otherFailures,
    of: one.otherAttempts - both.otherAttempts,
  };
  return chanceOfGreater(own, others) > wrongShareMax;
}

function findingOf(found: FoundPattern, exclusions: readonly { model: string; cell: WorkCell }[]): Finding {
  const { model, cell, failureClass, failures, attempts, otherFailures, otherAttempts } = found;
  const work = Object.keys(cell).length === 0 ? '' : ` at ${cellText(cell)}`;
  const does =
    failureClass === null
      ? `fails more often than the others${work}`
      : `ends with ${failureClass} more often${work}`;
  const isRule = failureClass === null && Object.keys(cell).length > 0;
  return {
    text: `${model} ${does}: ${failures} of ${attempts}, others ${otherFailures} of ${otherAttempts}.`,
    evidence: `${shareText(failures, attempts)} against ${shareText(otherFailures, otherAttempts)}; corrected for all comparisons, ${found.corrected.toPrecision(2)} (Fisher's exact test, Benjamini and Hochberg).`,
    suggestion: isRule
      ? `Stop sending ${cellText(cell)} to ${model}.`
      : failureClass === null
        ? `Put another model before ${model} in Settings, or take ${model} out.`
        : `Look at what ${model} does before ${failureClass}, and address it in the project's instructions.`,
    exclusion: isRule ? { model, ...cell } : null,
    is_excluded: exclusions.some((each) => each.model === model && isPartOf(cell, each.cell)),
  };
}

function shareText(hits: number, of: number): string {
  const { low, high } = wilsonInterval(hits, of);
  const percent = (share: number) => Math.round(share * 100);
  return `${percent(hits / Math.max(1, of))} % (${percent(low)} to ${percent(high)} %)`;
}
