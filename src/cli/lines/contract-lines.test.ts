import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { printedDocuments } from '../../contract/contract.ts';
import { asPlanned, contractOf } from '../../engine/pipeline/verifying/contracts/contract-ground.fixture.ts';
import { to } from '../../engine/questions/asking.fixture.ts';
import { acceptContract, saveContractCheck } from '../../store/work/plans/contract-checks.ts';
import { addSpec } from '../../store/work/plans/specs.ts';
import { aWorkOrderAtWork, theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { moose } from '../commands/run-command.fixture.ts';
import { contractStateLines } from './contract-lines.ts';

const shared = sharedDatabase();
const breaking = [
  { member: 'Basket.total', before: 'number', after: null, message: 'Basket.total was removed.' },
];

test('R-SPEC-3: spec contracts lists the contracts of the approved plan, with what breaks them and what was accepted', async () => {
  const database = shared();
  const { workOrderId } = await aWorkOrderAtWork(database, { step: 'verifying' });
  const work = { order: await theWorkOrder(database, workOrderId) };
  const contracts = [contractOf(), contractOf({ name: 'Mails', kind: 'command', command: 'true' })];
  const specId = await asPlanned(database, work, { key: 'basket', contracts });
  const printed = async () => {
    const { document, text } = await moose(database, 'spec', 'contracts', specId);
    expect(printedDocuments['spec contracts'].parse(document)).toEqual(document);
    return text;
  };
  expect(await printed()).toMatch(/Basket +typescript +waiting +basket +till, mail +src\/basket\.ts/);
  const check = {
    specId,
    name: 'Basket',
    workOrderId,
    role: 'provider',
    state: 'broken',
    objectId: 'a',
  } as const;
  await saveContractCheck(database.query, { ...check, breaking });
  expect(await printed()).toContain('Basket: basket breaks it\n- Basket.total was removed.');
  await acceptContract(database.query, check, 'human:ada');
  expect(await printed()).toContain('Basket: human:ada accepted the change\n- Basket.total was removed.');
  expect(await printed()).toMatch(/Mails +command +waiting/);
  await to(database, workOrderId, { status: 'completed', stepState: 'done' });
  expect(await printed()).toMatch(/Mails +command +holds/);
});

test('R-SPEC-3: a spec without a plan has no contracts to list, and a plan may have none', async () => {
  const id = randomUUID();
  const spec = { id, projectId: null, name: 's', content: 'c', estimate: {}, createdBy: 'human:ada' };
  await addSpec(shared().query, spec);
  await expect(moose(shared(), 'spec', 'contracts', id)).rejects.toMatchObject({ code: 'PLAN_NOT_FOUND' });
  expect(contractStateLines({ version: 1, items: [] })).toEqual(['The plan has no contracts.']);
});
