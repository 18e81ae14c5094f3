// Models to which a person no longer wants this kind of work sent. If a model is named for this work order, it is used
// anyway.

import type { ConfigurationError } from '../../domain/failure.ts';
import { kindOfWork } from '../../domain/learning/kind-of-work.ts';
import { isInCell, type WorkTraits } from '../../domain/work-cell.ts';
import { bandAt } from '../../store/figures/outcome-sums.ts';
import { exclusionsFor } from '../../store/figures/patterns.ts';
import type { Assessment } from '../policy/assess.ts';
import type { RoutingResult } from '../run/step-results.ts';
import type { Work } from '../run/work.ts';
import { pipelineFailures } from './failure-catalogue.ts';

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
  return new Set(
    exclusions
      .filter(({ band, kind, language: of, word }) =>
        isInCell(traits, {
          ...(band === null ? {} : { band }),
          ...(kind === null ? {} : { kind }),
          ...(of === null ? {} : { language: of }),
          ...(word === null ? {} : { word }),
        }),
      )
      .map(({ model }) => model),
  );
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
