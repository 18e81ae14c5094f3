// Work whose model is stopped after an overrun waits for its release, with one question for all of it (R-GO-5, R-BUD-12).
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { ConfigurationError } from '../../../domain/failure.ts';
import { thawLimits } from '../../../store/money/limits.ts';
import { theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import { failed } from '../../pipeline/failure/failed-step.ts';
import { allModelsExcluded } from '../../pipeline/models/excluded-models.ts';
import { decided, rowsAt, type ScratchWork } from '../../pipeline/scratch-pipeline.fixture.ts';
import { scratchWork } from '../../scratch-work.fixture.ts';
import { reserveEnvelope } from './envelope.ts';
import { wakeForMoney } from './money-awaited.ts';
import { orAwaitsRelease } from './release-awaited.ts';

const cent = 10_000_000n;
const grows = { estimateNanoUsd: 10n * cent, ceilingNanoUsd: 50n * cent };

const stop = ({ database }: ScratchWork, model: string) =>
  sql`insert into budget_windows (key, limit_nano_usd, overrun_nano_usd, is_frozen) values (${`model:${model}`}, 0, 1, true)`.execute(
    database.query,
  );

const stopped = (code: string) =>
  new ConfigurationError({
    code,
    component: 'agents',
    operation: 'run',
    message: 'Calls to p/a are stopped.',
    advice: 'Check its price.',
  });

async function runOf({ database, run }: ScratchWork) {
  return database.query.selectFrom('runs').selectAll().where('id', '=', run.id).executeTakeFirstOrThrow();
}

function onlyModel(work: ScratchWork, model = 'p/a'): ScratchWork {
  const models = { light: [model], standard: [model], strong: [model] };
  return { ...work, settings: { ...work.settings, models } };
}

const questionsOf = async ({ database }: ScratchWork) =>
  (await sql`select group_key, recommended_option from escalations`.execute(database.query)).rows;

test('R-GO-5: fear: a model that is stopped fails every work order in the queue, each with its own question', async () => {
  const database = await testDatabase();
  const works = [await scratchWork(database), await scratchWork(database), await scratchWork(database)];
  await stop(works[0] as ScratchWork, 'p/a');
  for (const work of works) {
    const failure = allModelsExcluded(new Set(['p/a']));
    expect(await decided(failed, onlyModel(work), 'routing', failure)).toBe('stop');
    expect(await theWorkOrder(database, work.order.id)).toMatchObject({ status: 'in_progress' });
    expect(await runOf(work)).toMatchObject({
      pausedBy: 'money',
      waitingFor: expect.stringContaining('p/a'),
    });
  }
  expect(await questionsOf(works[0] as ScratchWork)).toEqual([
    { groupKey: 'money:model:p/a', recommendedOption: 'wait' },
  ]);
});

test.each(['AGENT_MODEL_STOPPED', 'MODEL_STOPPED'])(
  'R-GO-5: %s: a run in its midst gives back its envelope, and goes on when its model is released',
  async (code) => {
    const work = onlyModel(await rowsAt(await testDatabase(), 'applying'));
    await sql`select settle_reservation(id) from cost_tracking where status = 'held'`.execute(
      work.database.query,
    );
    await work.database.query.updateTable('runs').set({ reservationId: null }).execute();
    work.run.reservationId = null;
    await reserveEnvelope(work, grows);
    await stop(work, 'p/a');
    expect(await decided(failed, work, 'applying', stopped(code))).toBe('stop');
    const paused = await runOf(work);
    expect(paused).toMatchObject({
      pausedBy: 'money',
      reservationId: null,
      settings: { money: { limit: 'model:p/a' } },
    });
    // Woken for another reason, it starts no agent.
    const again = { ...work, run: { ...paused, fence: work.run.fence } };
    await expect(reserveEnvelope(again, grows)).rejects.toMatchObject({ code: 'MONEY_AWAITED' });
    await work.database.transaction((query) => thawLimits(query));
    await wakeForMoney(work.database.query);
    expect((await runOf(work)).wakeAt?.getTime()).toBeLessThan(paused.wakeAt?.getTime() ?? 0);
    await reserveEnvelope(again, grows);
    expect(again.run.reservationId).not.toBeNull();
  },
);

test('what people have excluded, and nobody has stopped, is a question for each work order', async () => {
  const work = onlyModel(await scratchWork(await testDatabase()));
  await stop(work, 'p/other');
  const failure = allModelsExcluded(new Set(['p/a', 'p/other']));
  expect(await orAwaitsRelease(work, failure)).toBe(failure);
});
