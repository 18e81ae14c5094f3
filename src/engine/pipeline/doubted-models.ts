// Models that fail more often than the others at this kind of work, as far as Moose is sure of it (R-LRN-3). Routing asks
// them last; a person who wants them left out excludes them.
import { kindOfWork } from '../../domain/learning/kind-of-work.ts';
import { isInCell, type WorkTraits } from '../../domain/work-cell.ts';
import { bandAt } from '../../store/figures/outcome-sums.ts';
import { patternsAbove } from '../../store/figures/patterns.ts';
import type { Assessment } from '../policy/assess.ts';
import type { Work } from '../run/work.ts';

export interface DoubtedModel {
  model: string;
  /** From 0 to 1: that it fails more often, after the correction for all comparisons. */
  confidence: number;
  failures: number;
  attempts: number;
}

/** For each model, the pattern that is surest. */
export async function doubtedModels(
  { database, order, settings, signal }: Work,
  {
    assessment,
    language,
  }: { assessment: Pick<Assessment, 'complexity' | 'hardStopWords'>; language: string | null },
): Promise<DoubtedModel[]> {
  const { complexity, hardStopWords: words } = assessment;
  const traits: WorkTraits = { band: bandAt(complexity), kind: kindOfWork(order), language, words };
  const rows = await database.run((query) => patternsAbove(query, settings.patternConfidence), signal);
  const doubted = new Map<string, DoubtedModel>();
  for (const { model, corrected, failures, attempts, ...cell } of rows) {
    const named = Object.fromEntries(
      Object.entries({ band: cell.band, kind: cell.kind, language: cell.language, word: cell.word }).filter(
        ([, value]) => value !== null,
      ),
    );
    if (!doubted.has(model) && isInCell(traits, named))
      doubted.set(model, { model, confidence: 1 - corrected, failures, attempts });
  }
  return [...doubted.values()];
}

/** The same models, with the doubted ones last. */
export function doubtedLast(models: readonly string[], doubted: readonly DoubtedModel[]): string[] {
  const names = new Set(doubted.map(({ model }) => model));
  return [...models.filter((name) => !names.has(name)), ...models.filter((name) => names.has(name))];
}
