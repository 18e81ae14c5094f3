// For tests: a spec with a request for a plan, and the job of one or more machines with this model's answers.

import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { onTestFinished } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { planned, planOf } from '../../../domain/plan/plan.fixture.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { openLocks } from '../../../durable/locks.ts';
import { scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import type { Database } from '../../../store/database.ts';
import { newestPlanning, planVersions } from '../../../store/work/plans/plannings.ts';
import { addSpec } from '../../../store/work/plans/specs.ts';
import { ifDue } from '../../background/jobs/if-due.fixture.ts';
import { type Answer, scriptedModel } from '../../pipeline/scripted-model.fixture.ts';
import { scratchWork } from '../../scratch-work.fixture.ts';
import { askSpecs } from '../ask-specs.ts';
import { planningsJob } from './plannings-job.ts';

export const fine = planOf([planned('basket'), planned('page', { depends_on: ['basket'] })]);
export const cycle: Plan = planOf([planned('a', { depends_on: ['b'] }), planned('b', { depends_on: ['a'] })]);
export const dollar = 10n ** 9n;

/** Locks of a separate process. */
export async function locksOf(database: Database) {
  const locks = await openLocks(database.url, { onLost: () => undefined });
  onTestFinished(() => locks.close());
  return locks;
}

export async function planningGround(
  answers: readonly Answer[],
  given: { limitNanoUsd?: bigint; reached?(point: string): void; onAsk?(specId: string): unknown } = {},
) {
  const database = await testDatabase();
  const work = await scratchWork(database, { repositoryPath: scratchRepository().path });
  const specId = randomUUID();
  const content = '# Shop\n\nBuild it.\n';
  await addSpec(database.query, {
    id: specId,
    projectId: work.order.projectId,
    name: 'Shop',
    content,
    estimate: {},
    createdBy: 'human:ada',
  });
  const limitNanoUsd = (given.limitNanoUsd ?? 5n * dollar).toString();
  await sql`insert into plannings (id, spec_id, project_id, model, limit_nano_usd, asked_by)
    values (${randomUUID()}, ${specId}, ${work.order.projectId}, 'scripted/strong', ${limitNanoUsd}::bigint,
      'human:ada')`.execute(database.query);
  const model = scriptedModel('scripted/strong', answers, () => given.onAsk?.(specId));
  const errors: string[] = [];
  const clock = { now: () => new Date(Date.now() + clock.aheadMs), aheadMs: 0 };
  const deps = {
    ...work,
    clock,
    model: () => model,
    reached: given.reached ?? (() => undefined),
    gateway: { address: async () => ({ url: 'http://gateway.test', port: 1, socketPath: '/none' }) },
    locks: await locksOf(database),
    errors: {
      record: ({ code }: { code: string }) => {
        errors.push(code);
        return { id: '', resolved: () => undefined };
      },
    },
  };
  const job = ifDue(database, planningsJob(deps, 'one'));
  return {
    database,
    work,
    specId,
    model,
    errors,
    deps,
    clock,
    round: () => job.run(work.signal),
    planning: () => newestPlanning(database.query, specId),
    versions: () => planVersions(database.query, specId),
    specs: askSpecs({ database, clock, actor: 'human:ada' }),
  };
}

export const held = async (database: Database) =>
  (
    await sql<{
      held: string;
    }>`select coalesce(sum(held_nano_usd), 0)::text as held from budget_windows`.execute(database.query)
  ).rows[0]?.held;

/** Another spec with a request for a plan. */
export async function askAnother(database: Database): Promise<string> {
  const specId = randomUUID();
  await sql`insert into specs (id, project_id, name, content, estimate, created_by)
    select ${specId}, project_id, 'Other', content, estimate, created_by from specs limit 1`.execute(
    database.query,
  );
  await sql`insert into plannings (id, spec_id, project_id, model, limit_nano_usd, asked_by)
    select ${randomUUID()}, ${specId}, project_id, model, limit_nano_usd, asked_by from plannings limit 1`.execute(
    database.query,
  );
  return specId;
}
