// What the Director and people decided about the plans of a spec (R-SPEC-1, R-LRN-1).
import { z } from 'zod';
import type * as wire from '../../contract/contract.ts';
import type { Database } from '../../store/database.ts';
import { directorDecisions, openQuestionWith } from '../../store/work/plans/decided-plans.ts';
import { newestPlanning } from '../../store/work/plans/plannings.ts';
import { findSpec } from '../../store/work/plans/specs.ts';

/** A spec has only a few. */
const listedMax = 50;
/** Includes the format that older versions wrote. */
const range = z.object({ low: z.number(), mid: z.number(), high: z.number() });
const inputSchema = z.object({
  version: z.number().catch(0),
  estimate_usd: range.nullable().catch(null),
  hard_stops_off: z.array(z.string()).catch([]),
});
const outputSchema = z.object({
  decision: z.string().catch(''),
  by: z.string().nullable().catch(null),
  note: z.string().nullable().catch(null),
  failure: z.object({ message: z.string() }).nullable().catch(null),
  objections: z
    .array(z.object({ row: z.string(), keys: z.array(z.string()), because: z.string() }))
    .catch([]),
});

/** Newest first. @throws PermanentError `SPEC_NOT_FOUND`, `SPEC_AMBIGUOUS` */
export async function decisionsOf(database: Database, given: string): Promise<wire.SpecDecisions> {
  return database.run(async (query) => {
    const { id } = await findSpec(query, given);
    const planning = await newestPlanning(query, id);
    const rows = await directorDecisions(query, id, listedMax);
    return {
      items: rows.map(({ inputContext, decisionOutput, createdAt }) => {
        const { failure, ...output } = outputSchema.parse(decisionOutput);
        const input = inputSchema.parse(inputContext);
        const failed = failure?.message ?? null;
        return { ...output, ...input, failure: failed, decided_at: createdAt.toISOString() };
      }),
      is_open: planning?.state === 'planned' && planning.runFor !== null && planning.decidedAt === null,
      question: await openQuestionWith(query, `plan:${id}`),
    };
  });
}
