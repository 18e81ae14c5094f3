import { expect, test } from 'vitest';
import type { WorkOrderId } from '../../domain/ids.ts';
import { planned, planOf } from '../../domain/plan/plan.fixture.ts';
import type { ContractCheck } from '../../store/work/plans/contract-checks.ts';
import { composeTask } from '../pipeline/models/compose-prompt.ts';
import { contractOf } from '../pipeline/verifying/contracts/contract-ground.fixture.ts';
import { contractChecks, contractParts } from './contract-parts.ts';
import { contractsOfKey, type OrderContracts } from './contracts-of.ts';

const breaking = [
  { member: 'Basket.total', before: 'number', after: null, message: 'Basket.total was removed.' },
];
const accepted: ContractCheck = {
  specId: 's',
  name: 'Basket',
  workOrderId: 'w' as WorkOrderId,
  role: 'provider',
  state: 'accepted',
  objectId: 'a',
  breaking: [],
  checkedAt: new Date(),
  acceptedObjectId: 'a',
  acceptedBreaking: breaking,
  acceptedBy: 'human:ada',
  acceptedAt: new Date(),
};

function contractsOf(
  key: string,
  given: Partial<OrderContracts> = {},
  contract = contractOf(),
): OrderContracts {
  const plan = planOf([planned('basket'), planned('till'), planned('mail')], [contract]);
  return { specId: 's', approvedBy: 'human:ada', own: contractsOfKey(plan, key), checks: [], ...given };
}

test('R-SPEC-3: the prompt of a provider names the file, what is promised, and who relies on it', () => {
  const [line] = contractParts(contractsOf('basket'));
  expect(line).toContain('You provide "Basket" (typescript) in src/basket.ts. till, mail rely on it');
  const task = composeTask({
    order: { id: 'w' as WorkOrderId, title: 't', description: 'd', acceptance: '' },
    attempt: 1,
    note: undefined,
    feedback: null,
    contracts: contractParts(contractsOf('till')),
  });
  expect(task).toContain('## Contracts with other work orders\n- You rely on "Basket" (typescript)');
  expect(task).toContain('which basket provides. Read it, and do not change it.');
});

test('R-SPEC-3: those who rely on a contract are told what was accepted since', () => {
  const lines = contractParts(contractsOf('till', { checks: [accepted] })).join('\n');
  expect(lines).toContain('the change is accepted');
  expect(lines).toContain('- Basket.total was removed.');
  expect(contractParts(contractsOf('basket', { checks: [accepted] })).join()).not.toContain('accepted');
  expect(
    contractParts(contractsOf('till', { checks: [{ ...accepted, acceptedBy: null }] })).join(),
  ).not.toContain('accepted');
});

test('R-SPEC-3: a work order without contracts has nothing in its prompt, and no check', () => {
  expect(contractParts(null)).toEqual([]);
  expect(contractChecks(null)).toEqual([]);
  expect(contractParts(contractsOf('other'))).toEqual([]);
});

test('R-SPEC-3: a command is a check only if a person approved it', () => {
  const command = contractOf({ kind: 'command', command: ' npm run contract ' });
  expect(contractChecks(contractsOf('till', {}, command))).toEqual([
    { kind: 'contract', command: 'npm run contract', source: 'plan' },
  ]);
  expect(contractChecks(contractsOf('till', { approvedBy: 'moose:director' }, command))).toEqual([]);
});
