import { createHash } from 'node:crypto';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { addDelivery } from '../../store/work/pull-requests/webhook-deliveries.ts';
import { webhooksJob } from './webhooks-job.ts';

test('a look at webhooks that is stopped takes none in hand, and records no failure', async () => {
  const database = await testDatabase();
  await addDelivery(database.query, {
    id: 'a',
    source: 'github',
    event: 'ping',
    payload: {},
    bodySha256: createHash('sha256').update('{}').digest(),
    isIgnored: false,
  });
  const recorded: string[] = [];
  const errors = {
    record: ({ code }: { code: string }) => {
      recorded.push(code);
      return { id: '', resolved: () => undefined };
    },
  };
  const sources = { find: async () => null };
  const job = webhooksJob({
    database,
    mayDiffer: () => undefined,
    random: () => 0.5,
    logger: pino({ level: 'silent' }),
    errors,
    sources,
  });
  const reason = new Error('stop');
  await expect(job.run(AbortSignal.abort(reason))).rejects.toBe(reason);
  const rows = await database.query.selectFrom('webhookDeliveries').select(['state', 'retryCount']).execute();
  expect(rows).toEqual([{ state: 'waiting', retryCount: 0 }]);
  expect(recorded).toEqual([]);
});
