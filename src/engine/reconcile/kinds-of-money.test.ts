// Each kind of drift of money and of pending deliveries: made by hand, found, and repaired or asked about.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { newId } from '../../domain/ids.ts';
import { beatGateway } from '../../store/money/gateways.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import { type RowCase, rowHands } from './row-hands.fixture.ts';
import { lookFor } from './scratch-reconcile.fixture.ts';

const shared = sharedDatabase();
const hands = rowHands(shared);
const { query, endRun, setStatus, addMoney, statusOfMoney } = hands;

async function addNotice(channel: string, state: 'waiting' | 'failed'): Promise<void> {
  const nextAttemptAt = new Date(Date.now() - 3_600_000);
  await query()
    .insertInto('outbox')
    .values({ key: channel, kind: 'test', channel, payload: '{}', state, attempts: 9, nextAttemptAt })
    .execute();
}

const cases: Record<string, RowCase> = {
  'hold-of-ended-run': {
    isSafe: true,
    make: async (scratch) => {
      await endRun(scratch);
      return addMoney(scratch, { type: 'reservation', status: 'held' });
    },
    repaired: async (_, subject) => expect(await statusOfMoney(subject)).not.toBe('held'),
  },
  'call-of-dead-gateway': {
    isSafe: true,
    make: (scratch) => addMoney(scratch, { type: 'actual', status: 'sent', gatewayId: crypto.randomUUID() }),
    repaired: async (_, subject) => expect(await statusOfMoney(subject)).toBe('presumed'),
  },
  'call-open-for-long': {
    isSafe: false,
    make: (scratch) =>
      addMoney(scratch, { type: 'actual', status: 'sent', createdAt: new Date(Date.now() - 3 * 3_600_000) }),
    repaired: async (_, subject) => expect(await statusOfMoney(subject)).toBe('presumed'),
  },
  'key-of-ended-run': {
    isSafe: true,
    make: async (scratch) => {
      const id = crypto.randomUUID();
      await query()
        .insertInto('gatewayKeys')
        .values({
          id,
          keyHash: Buffer.from(id),
          workOrderId: scratch.workOrderId,
          runId: scratch.runId,
          serviceName: 'test',
          expiresAt: new Date(Date.now() + 1e9),
        })
        .execute();
      await endRun(scratch);
      return id;
    },
    repaired: async (_, subject) => {
      const row = await query()
        .selectFrom('gatewayKeys')
        .select('revokedAt')
        .where('id', '=', subject)
        .executeTakeFirst();
      expect(row?.revokedAt).toBeInstanceOf(Date);
    },
  },
  'ledger-differs': {
    isSafe: false,
    make: async () => {
      await query()
        .insertInto('budgetWindows')
        .values({ key: 'day:2001-01-01', limitNanoUsd: 10n, spentNanoUsd: 5n })
        .execute();
      return 'day:2001-01-01 spent';
    },
  },
  'notices-stuck': {
    isSafe: false,
    make: async () => {
      await addNotice('stuck-channel', 'waiting');
      return 'stuck-channel';
    },
  },
  'notices-failed': {
    isSafe: false,
    make: async () => {
      await addNotice('failed-channel', 'failed');
      return 'failed-channel';
    },
    repaired: async () => {
      const rows = await query()
        .selectFrom('outbox')
        .select(['state', 'attempts'])
        .where('channel', '=', 'failed-channel')
        .execute();
      expect(rows).toEqual([{ state: 'waiting', attempts: 0 }]);
    },
  },
  'webhooks-stuck': {
    isSafe: false,
    make: async () => {
      const nextAttemptAt = new Date(Date.now() - 3_600_000);
      const row = {
        id: crypto.randomUUID(),
        source: 'forge.stuck',
        event: 'push',
        payload: '{}',
        nextAttemptAt,
      };
      await query().insertInto('webhookDeliveries').values(row).execute();
      return 'forge.stuck';
    },
  },
  'degradation-of-ended-work-order': {
    isSafe: true,
    make: async (scratch) => {
      await endRun(scratch);
      await setStatus(scratch, 'cancelled');
      const id = newId(new Date());
      const row = { id, key: id, feature: 'review', because: 'test', workOrderId: scratch.workOrderId };
      await query().insertInto('degradations').values(row).execute();
      return id;
    },
    repaired: async (_, subject) => {
      const row = await query()
        .selectFrom('degradations')
        .select('until')
        .where('id', '=', subject)
        .executeTakeFirst();
      expect(row?.until).toBeInstanceOf(Date);
    },
  },
};

test('fear: on a machine whose clock is ahead, calls of live gateways are presumed spent', async () => {
  const scratch = await aWorkOrderAtWork(shared(), { step: 'verifying' });
  const gatewayId = crypto.randomUUID();
  await beatGateway(query(), { id: gatewayId, host: 'here' });
  const subject = await addMoney(scratch, { type: 'actual', status: 'sent', gatewayId });
  const found = await lookFor({ database: shared(), dataDirectory: '/nowhere/moose' }, [
    'call-of-dead-gateway',
  ]);
  expect(found.filter((one) => one.subject === subject)).toEqual([]);
});

test.each(Object.entries(cases))('R-SES-7: %s is found, and repaired or asked about', (kind, one) =>
  hands.tryCase(kind, one),
);
