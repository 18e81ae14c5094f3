// What interfaces can do with specs: estimate, store, list and show them (R-SPEC-1).

import type * as wire from '../../contract/contract.ts';
import { newId } from '../../domain/ids.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database, Query } from '../../store/database.ts';
import { limitsOf } from '../../store/money/limits.ts';
import {
  addSpec,
  costQuartiles,
  findSpec,
  giveProject,
  listSpecs,
  type SpecSummary,
  sameSpec,
} from '../../store/work/plans/specs.ts';
import { pageFrom } from '../policy/paging/page-cursor.ts';
import { architectOf, type PlanningSettings } from './architect-of.ts';
import { askContracts } from './ask-contracts.ts';
import { askPlans } from './ask-plans.ts';
import { type EstimateGround, estimateSpec, historyMin } from './estimate-spec.ts';
import { specFailures } from './failure-catalogue.ts';
import { projectCalled } from './project-called.ts';

const specNameCharsMax = 200;

export interface SpecDeps {
  database: Database;
  clock: Clock;
  actor: string;
  /** Read for each request; if absent, no model is known. */
  settings?: { readonly current: PlanningSettings };
}

export function askSpecs(deps: SpecDeps) {
  const { database, clock, actor, settings } = deps;
  const estimate = (content: string): Promise<wire.SpecEstimate> =>
    database.run(async (query) =>
      estimateSpec(content, await groundOf(query, settings?.current, clock.now())),
    );
  const one = async (given: string): Promise<wire.SpecDetail> => {
    const { content, ...row } = await database.run((query) => findSpec(query, given));
    return { ...viewOf({ ...row, bytes: Buffer.byteLength(content) }), content };
  };
  return {
    /** @throws PermanentError `SPEC_TOO_LARGE`, `SPEC_NOT_TEXT`, `SPEC_EMPTY` */
    estimate,
    /**
     * Storing the same `id` again has no effect. The same text is stored once for a project and a name: until its plan is
     * approved or its planning costs something else, the stored spec is returned.
     * @throws as `estimate`, and `SPEC_NAME_INVALID`, `PROJECT_NOT_FOUND`
     */
    upload: async (
      { name, content, project }: wire.SpecUpload,
      id = newId<string>(clock.now()),
    ): Promise<wire.Spec> => {
      refuseName(name);
      const estimated = await estimate(content);
      const storedId = await database.transaction(async (query) => {
        const projectId = project === undefined ? null : await projectCalled(query, project);
        const same = await sameSpec(query, {
          projectId,
          name,
          content,
          architectUsd: estimated.architect_usd,
        });
        if (same) {
          if (same.projectId === null && projectId !== null) await giveProject(query, same.id, projectId);
          return same.id;
        }
        await addSpec(query, { id, projectId, name, content, estimate: estimated, createdBy: actor });
        return id;
      });
      const { content: _, ...kept } = await one(storedId);
      return kept;
    },
    /** Newest first. @throws PermanentError `CURSOR_INVALID` */
    page: async ({ limit, cursor }: { limit: number; cursor?: string }): Promise<wire.Page<wire.Spec>> => {
      const rows = await database.run((query) => listSpecs(query, limit + 1, cursor));
      return pageFrom(rows, limit, { item: viewOf, cursor: ({ id }) => id });
    },
    /**
     * Finds a spec by its ID, or by the start or end of its ID.
     * @throws PermanentError `SPEC_NOT_FOUND`, `SPEC_AMBIGUOUS`
     */
    one,
    ...askPlans(deps),
    ...askContracts(deps),
  };
}

/** The same bound as over HTTP. */
function refuseName(name: string): void {
  if (name.trim() !== '' && name.length <= specNameCharsMax) return;
  throw name.trim() === ''
    ? specFailures.SPEC_NAME_INVALID('store spec')
    : specFailures.SPEC_NAME_INVALID_TOO_LONG('store spec', { nameCount: name.length, specNameCharsMax });
}

function viewOf({
  id,
  name,
  project,
  bytes,
  estimate,
  runState,
  createdBy,
  createdAt,
}: SpecSummary): wire.Spec {
  return {
    id,
    name,
    project,
    bytes,
    estimate: estimate as unknown as wire.SpecEstimate,
    run_state: runState,
    created_by: createdBy,
    created_at: createdAt.toISOString(),
  };
}

async function groundOf(
  query: Query,
  planning: PlanningSettings | undefined,
  now: Date,
): Promise<EstimateGround> {
  const month = (await limitsOf(query)).find(({ key }) => key.startsWith('month:'));
  const left = month === undefined ? null : month.limitNanoUsd - month.usedNanoUsd;
  return {
    architect: await architectOf(query, planning, now),
    perWorkOrder: await perWorkOrderOf(query, planning),
    monthLeftNanoUsd: left !== null && (left < 0n || month?.isFrozen) ? 0n : left,
  };
}

async function perWorkOrderOf(
  query: Query,
  planning: PlanningSettings | undefined,
): Promise<EstimateGround['perWorkOrder']> {
  const { completed, ...quartiles } = await costQuartiles(query);
  if (completed >= historyMin || !planning) return { ...quartiles, from: 'history', completed };
  const estimates = planning.assessment.tiers.map(({ estimateNanoUsd }) => estimateNanoUsd);
  const sorted = estimates.sort((one, other) => (one < other ? -1 : one > other ? 1 : 0));
  const [lowNanoUsd = 0n] = sorted;
  return { lowNanoUsd, highNanoUsd: sorted.at(-1) ?? lowNanoUsd, from: 'policy', completed };
}
