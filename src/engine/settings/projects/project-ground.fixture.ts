// For tests: a separate project, with the requests and changes of a person and of a program.
import { newId, type WorkOrderId } from '../../../domain/ids.ts';
import { systemClock } from '../../../stdx/clock.ts';
import type { Database } from '../../../store/database.ts';
import { reserveBudget } from '../../../store/money/costs.ts';
import { projectOf } from '../../../store/work/projects/projects.ts';
import { type AskProjectsDeps, askProjects } from './ask-projects.ts';

export const usd = (cents: number) => BigInt(cents) * 10_000_000n;
const known: AskProjectsDeps['known'] = { agentNames: ['patch'], assertModel: async () => undefined };

export async function projectGround(database: Database) {
  const { id, name } = await projectOf(database.query, `/srv/${newId<WorkOrderId>(new Date())}`, new Date());
  const asked = (actor: string) => askProjects({ database, clock: systemClock, known, actor });
  const reserve = async (amount: bigint) =>
    (await reserveBudget(database.query, amount, 'pipeline', { project_id: id })).reservationId !== null;
  return { database, id, name, reserve, person: asked('human:ada'), program: asked('api:ci') };
}
