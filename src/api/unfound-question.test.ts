import { expect, test } from 'vitest';
import { PermanentError } from '../domain/failure.ts';
import { apiGround } from './api-ground.fixture.ts';

const id = '0190c0de-7a7b-7000-8000-000000000000';

function refusing(code: string) {
  const refused = async (): Promise<never> => {
    throw new PermanentError({ code, component: 'test', operation: 'test', message: 'No.', advice: 'Look.' });
  };
  return apiGround({ clientManager: { report: async () => id, one: refused, answer: refused } });
}

const escalated = (work_order_id: string) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    component: 'deployer',
    operation: 'roll out',
    severity: 'critical',
    work_order_id,
    error: { code: 'ROLLOUT_FAILED', message: 'It did not roll out.' },
  }),
});

test('R-ESC-2: a report whose question is not there yet is answered by its own id; what else fails is told', async () => {
  const path = '/api/client-manager/escalate';
  const notYet = await refusing('ESCALATION_NOT_FOUND');
  expect(await notYet.call(path, escalated(id))).toMatchObject({ status: 202, body: { id } });
  const broken = await refusing('ESCALATION_AMBIGUOUS');
  expect(await broken.call(path, escalated(id))).toMatchObject({
    status: 409,
    body: { code: 'ESCALATION_AMBIGUOUS' },
  });
});
