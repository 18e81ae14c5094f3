// Models to which a person no longer wants this kind of work sent, and those that are stopped because a call cost more
// than was reserved for it. If a model is named for this work order, it is used anyway.
import type { ConfigurationError } from '../../../domain/failure.ts';
import { kindOfWork } from '../../../domain/learning/kind-of-work.ts';
import type { RoutingResult } from '../../../domain/work-order/step-result.ts';
import { isInCell, type WorkTraits } from '../../../domain/work-order/work-cell.ts';
import { bandAt } from '../../../store/figures/outcome-sums.ts';
import { exclusionsFor, patternsAbove } from '../../../store/figures/patterns.ts';
import { stoppedModels } from '../../../store/money/limits.ts';
import type { Assessment } from '../../policy/assess.ts';
import type { Work } from '../../run/work.ts';
import { pipelineFailures } from '../failure-catalogue.ts';

export async function excludedModels(
  { database, order, project, signal }: Work,
  {
    assessment,
    language,
  }: { assessment: Pick<Assessment, 'complexity' | 'hardStopWords'>; language: string | null },
): Promise<ReadonlySet<string>> {
  const { complexity, hardStopWords: words } = assessment;
  const traits: WorkTraits = { band: bandAt(complexity), kind: kindOfWork(order), language, words };
  const exclusions = await database.run((query) => exclusionsFor(query, project.id), signal);
  const stopped = await database.run(stoppedModels, signal);
  return new Set([
    ...stopped,
    ...exclusions
      .filter(({ band, kind, language: of, word }) =>
        isInCell(traits, {
          ...(band === null ? {} : { band }),
          ...(kind === null ? {} : { kind }),
          ...(of === null ? {} : { language: of }),
          ...(word === null ? {} : { word }),
        }),
      )
      .map(({ model }) => model),
  ]);
}

/** An option may be taken without a person, but only a person may name an excluded model. */
export async function excludedAfterRouting(
  work: Work,
  routed: Partial<RoutingResult> | undefined,
): Promise<ReadonlySet<string>> {
  const { complexity = 0, hardStopWords = [], language = null } = routed ?? {};
  return excludedModels(work, { assessment: { complexity, hardStopWords }, language });
}

export function allModelsExcluded(excluded: ReadonlySet<string>): ConfigurationError {
  return pipelineFailures.MODELS_EXCLUDED('routing', { excluded: [...excluded].join(', ') });
}

interface DoubtedModel {
  model: string;
  /** From 0 to 1: that it fails more often, after the correction for all comparisons. */
  confidence: number;
  failures: number;
  attempts: number;
}

/**
 * Models that fail more often than the others at this kind of work, as far as Moose is sure of it (R-LRN-3). Routing
 * asks them last; a person who wants them left out excludes them. For each model, the pattern that is surest.
 */
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
