// Patterns, their findings, and the exclusions that people make of them (R-LRN-3).

import type * as wire from '../../contract/contract.ts';
import type { PermanentError } from '../../domain/failure.ts';
import { newId, type ProjectId } from '../../domain/ids.ts';
import { isHuman } from '../../domain/people/person.ts';
import { cellText, type WorkCell } from '../../domain/work-order/work-cell.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database, Query } from '../../store/database.ts';
import { cycleCounts } from '../../store/figures/attempt-cells.ts';
import {
  addExclusion,
  type Exclusion,
  exclusionOf,
  findExclusion,
  type ListedExclusion,
  listExclusions,
  listPatterns,
  type Pattern,
  revokeExclusion,
} from '../../store/figures/patterns.ts';
import { projectNamed } from '../../store/work/projects/projects.ts';
import { projectNotFound } from '../commands/submit/project-of-submission.ts';
import { defaultSettings, type EngineSettings } from '../policy/engine-settings.ts';
import { cyclesText, cycleValues } from './cycle-value.ts';
import { learningFailures } from './failure-catalogue.ts';
import { finishedValueUsd } from './learned-policy.ts';
import { patternFindings } from './pattern-findings.ts';
import { patternsSince } from './patterns-job.ts';

const shownMax = 100;

interface Deps {
  database: Database;
  clock: Clock;
  actor: string;
  settings?: { current: Pick<EngineSettings, 'finishedValueNanoUsd'> };
}

export function askPatterns(deps: Deps) {
  const { database, clock } = deps;
  return {
    patterns: async (signal?: AbortSignal): Promise<wire.Patterns> => {
      const [rows, counts, exclusions] = await database.run(
        async (query) =>
          [
            await listPatterns(query, 2_000),
            await cycleCounts(query, patternsSince(clock.now())),
            await listExclusions(query),
          ] as const,
        signal,
      );
      const live = exclusions.filter(({ revokedAt, projectId }) => revokedAt === null && projectId === null);
      const cycles = cycleValues(counts);
      const found = rows.map((row) => ({ ...row, cell: cellOf(row) }));
      return {
        computed_at: rows[0]?.computedAt.toISOString() ?? null,
        findings: patternFindings(
          found,
          live.map((each) => ({ model: each.model, cell: cellOf(each) })),
        ),
        patterns: rows.slice(0, shownMax).map(shownPattern),
        cycles,
        cycles_text: cyclesText(cycles, finishedValueUsd(deps.settings?.current ?? defaultSettings)),
        exclusions: exclusions.map(shownExclusion),
      };
    },
    /** Routing no longer sends such work to the model. Repeating the request adds no second exclusion. */
    excludeWork: (wish: wire.ExclusionRequest): Promise<wire.Exclusion> => excludeWork(deps, wish),
    /** Routing may send it there again. */
    allowWork: (id: string): Promise<wire.Exclusion> => allowWork(deps, id),
  };
}

async function excludeWork(
  { database, clock, actor }: Deps,
  wish: wire.ExclusionRequest,
): Promise<wire.Exclusion> {
  const { model, project, because = '', band, kind, language, word } = wish;
  const cell = { band: band ?? null, kind: kind ?? null, language: language ?? null, word: word ?? null };
  if (Object.values(cell).every((trait) => trait === null))
    throw learningFailures.EXCLUSION_OF_EVERYTHING('exclude', { model });
  return database.transaction(async (query) => {
    const projectId = project === undefined ? null : await projectIdOf(query, project);
    await addExclusion(query, {
      id: newId<string>(clock.now()),
      projectId,
      model,
      ...cell,
      because,
      createdBy: actor,
    });
    const made = await exclusionOf(query, { projectId, model, ...cell });
    if (!made) throw exclusionNotFound(model);
    return shownExclusion(made);
  });
}

async function projectIdOf(query: Query, given: string): Promise<ProjectId> {
  const found = await projectNamed(query, given);
  if (!found) throw projectNotFound(given, []);
  return found.id;
}

async function allowWork({ database, actor }: Deps, given: string): Promise<wire.Exclusion> {
  return database.transaction(async (query) => {
    const found = await findExclusion(query, given);
    if (!found) throw exclusionNotFound(given);
    if (found.revokedAt === null && isHuman(found.createdBy) && !isHuman(actor)) throw notYours(found);
    await revokeExclusion(query, found.id, actor);
    return shownExclusion((await findExclusion(query, found.id)) ?? found);
  });
}

function notYours(found: ListedExclusion): PermanentError {
  return learningFailures.LIMIT_NOT_YOURS_AGAIN('allow', { found: exclusionText(found) });
}

function exclusionNotFound(given: string): PermanentError {
  return learningFailures.EXCLUSION_NOT_FOUND('allow', { given });
}

function cellOf({
  band,
  kind,
  language,
  word,
}: Pick<Pattern, 'band' | 'kind' | 'language' | 'word'>): WorkCell {
  return {
    ...(band === null ? {} : { band }),
    ...(kind === null ? {} : { kind }),
    ...(language === null ? {} : { language }),
    ...(word === null ? {} : { word }),
  };
}

function shownPattern(row: Pattern): wire.Patterns['patterns'][number] {
  const { model, band, kind, language, word, attempts, failures, low, high, chance, corrected } = row;
  return {
    model,
    failure_class: row.failureClass,
    band,
    kind,
    language,
    word,
    attempts,
    failures,
    rate: failures / attempts,
    low,
    high,
    chance,
    corrected,
    other_attempts: row.otherAttempts,
    other_failures: row.otherFailures,
  };
}

function shownExclusion(row: ListedExclusion): wire.Exclusion {
  const { id, model, project, band, kind, language, word, because } = row;
  return {
    id,
    model,
    project,
    band,
    kind,
    language,
    word,
    because,
    text: exclusionText(row),
    created_by: row.createdBy,
    created_at: row.createdAt.toISOString(),
    revoked_by: row.revokedBy,
    revoked_at: row.revokedAt?.toISOString() ?? null,
  };
}

const exclusionText = (row: Exclusion) => `${cellText(cellOf(row))} does not go to ${row.model}`;
