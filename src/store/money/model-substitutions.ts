// Which models cost more than the ones that they have answered for. Rows are only added: what has answered once may
// answer again.
import type { Query } from '../database.ts';

export interface DearerAnswer {
  /** `provider/model`. */
  model: string;
  answered: string;
  /** The first call that was answered so. */
  callId: string;
}

/** False if the pair was there before. */
export async function keepDearerAnswer(query: Query, answer: DearerAnswer): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await query
    .insertInto('modelSubstitutions')
    .values(answer)
    .onConflict((conflict) => conflict.columns(['model', 'answered']).doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** By the model that was asked for. */
export async function modelSubstitutions(query: Query): Promise<Map<string, string[]>> {
  const rows = await query.selectFrom('modelSubstitutions').select(['model', 'answered']).execute();
  const byModel = Map.groupBy(rows, ({ model }) => model);
  return new Map([...byModel].map(([model, of]) => [model, of.map(({ answered }) => answered)]));
}
