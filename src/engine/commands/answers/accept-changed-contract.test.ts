import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { contractChecksOf, saveContractCheck } from '../../../store/work/plans/contract-checks.ts';
import { theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import { eventsOf } from '../../../store/work/work-orders/work-orders.ts';
import { asPlanned } from '../../pipeline/verifying/contracts/contract-ground.fixture.ts';
import { asking, by, depsOf } from '../../questions/asking.fixture.ts';
import { answer } from './answer.ts';

const shared = sharedDatabase();
const breaking = [
  { member: 'Basket.total', before: 'number', after: null, message: 'Basket.total was removed.' },
];
const objectId = 'a'.repeat(40);

async function broken(content = objectId) {
  const database = shared();
  const free = { costNanoUsd: '0', risk: 'high', chance: null, chanceOf: 0 } as const;
  const contract = { specId: '', name: 'Basket', objectId: content };
  const option = {
    ...free,
    id: 'accept_contract',
    kind: 'accept_contract',
    label: 'Accept',
    from: 'verifying',
  } as const;
  const options = [{ ...option, contract }];
  const at = await asking(database, {
    code: 'CONTRACT_BROKEN',
    failureClass: 'contract_violation',
    options,
    recommendedOption: option.id,
  });
  const work = { order: await theWorkOrder(database, at.workOrderId) };
  const specId = await asPlanned(database, work, { key: 'basket' });
  const check = {
    specId,
    name: 'Basket',
    workOrderId: at.workOrderId,
    role: 'provider',
    state: 'broken',
  } as const;
  await saveContractCheck(database.query, { ...check, objectId, breaking });
  const chosen = JSON.stringify([{ ...option, command: 'c', contract: { ...contract, specId } }]);
  await database.query.updateTable('escalations').set({ options: chosen }).where('id', '=', at.id).execute();
  return { ...at, database, specId };
}

test('R-SPEC-3, R-ESC-3: accepting a contract keeps what was accepted and by whom, and checks the change again', async () => {
  const { database, question, specId, workOrderId } = await broken();
  await answer(depsOf(database), await question(), 'accept_contract', { by });
  expect(await contractChecksOf(database.query, specId)).toMatchObject([
    { state: 'accepted', acceptedBy: by, acceptedObjectId: objectId, acceptedBreaking: breaking },
  ]);
  expect(await theWorkOrder(database, workOrderId)).toMatchObject({
    status: 'in_progress',
    step: 'verifying',
  });
  const events = await eventsOf(database.query, workOrderId);
  expect(events.find(({ kind }) => kind === 'contract.accepted')).toMatchObject({ actor: by });
});

test('R-SPEC-3: a program does not accept what others rely on; its question stays open', async () => {
  const { database, question, specId } = await broken();
  await expect(
    answer(depsOf(database), await question(), 'accept_contract', { by: 'api:ci' }),
  ).rejects.toMatchObject({ code: 'CONTRACT_NOT_YOURS', advice: expect.stringContaining('yourself') });
  expect(await question()).toMatchObject({ status: 'open' });
  expect(await contractChecksOf(database.query, specId)).toMatchObject([
    { state: 'broken', acceptedBy: null },
  ]);
});

test('R-SPEC-3: a contract that has changed since the question was asked is not accepted', async () => {
  const { database, question, specId } = await broken('b'.repeat(40));
  await expect(answer(depsOf(database), await question(), 'accept_contract', { by })).rejects.toMatchObject({
    code: 'CONTRACT_CHANGED',
  });
  expect(await contractChecksOf(database.query, specId)).toMatchObject([
    { state: 'broken', acceptedBy: null },
  ]);
});
