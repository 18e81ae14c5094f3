// A failure outside of every step is Moose's own: the run is retried, and the failure is reported.
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from './eventually.fixture.ts';
import { openGround } from './ground.fixture.ts';

test('R-FAIL-6: fear: a run that cannot be carried at all is started again and again, without an error', async () => {
  const ground = await openGround({ MOOSE_CIRCUIT_RECOVERY_MS: '400', MOOSE_PAUSE_MS: '500' });
  onTestFinished(() => ground.close());
  const { query } = ground.opened.database;
  const noCredit = { status: 402, body: { error: { message: 'no credit' } } };
  const { id } = await ground.submit({ answer: () => noCredit });
  const paused = () => query.selectFrom('runs').select('id').where('pausedBy', 'is not', null).execute();
  await eventually(async () => expect(await paused()).toHaveLength(1));
  // A step that no run can be at: only a defect of Moose could write it.
  await query.connection().execute(async (one) => {
    await sql`set session_replication_role = replica`.execute(one);
    await sql`update work_orders set step = 'awaiting_ci' where id = ${id}`.execute(one);
    await sql`set session_replication_role = origin`.execute(one);
  });
  const [run] = await paused();
  await eventually(async () => {
    const told = await query
      .selectFrom('errorEvents')
      .select(['errorType', 'errorMessage', 'runId', 'recoveryStrategy'])
      .where('errorType', '=', 'UNEXPECTED')
      .execute();
    expect(told[0]).toMatchObject({
      errorMessage: expect.stringContaining('A run is at the step awaiting_ci'),
      runId: run?.id,
      recoveryStrategy: 'retry',
    });
  });
});
