// The part of a work order's prompt about its contracts, and the checks that its contracts require.

import { isHuman } from '../../domain/people/person.ts';
import type { Check } from '../../domain/work-order/check.ts';
import type { ContractCheck } from '../../store/work/plans/contract-checks.ts';
import type { OrderContracts, OwnContract } from './contracts-of.ts';

/** Empty without contracts. */
export function contractParts(contracts: OrderContracts | null): string[] {
  if (!contracts) return [];
  return contracts.own.flatMap((own) => [roleLine(own), ...acceptedLines(own, contracts.checks)]);
}

function roleLine({ contract, role, mayChange }: OwnContract): string {
  const { name, kind, path, provider, users } = contract;
  const named = `"${name}" (${kind}) in ${path}`;
  if (role === 'provider')
    return `- You provide ${named}. ${users.join(', ')} rely on it: deliver the file, and neither remove nor narrow what it already declares.`;
  const rule = mayChange ? 'You may add to it, and break nothing of it.' : 'Read it, and do not change it.';
  return `- You rely on ${named}, which ${provider} provides. ${rule}`;
}

const changesShownMax = 10;

/** What a person accepted after this work order was planned. */
function acceptedLines({ contract, role }: OwnContract, checks: readonly ContractCheck[]): string[] {
  if (role === 'provider') return [];
  return checks
    .filter(({ name, acceptedBy }) => name === contract.name && acceptedBy !== null)
    .flatMap(({ acceptedBreaking }) => [
      '  It was changed after this was planned, and the change is accepted. Work with what it says now:',
      ...(acceptedBreaking ?? []).slice(0, changesShownMax).map(({ message }) => `  - ${message}`),
    ]);
}

/**
 * A command was written by a model and runs with what checks may see, so it runs only if a person approved the plan that
 * shows it.
 */
export function contractChecks(contracts: OrderContracts | null): Check[] {
  if (!contracts || !isHuman(contracts.approvedBy)) return [];
  const commands = contracts.own
    .filter(({ contract }) => contract.kind === 'command')
    .map(({ contract }) => contract.command.trim());
  return [...new Set(commands)].map((command) => ({ kind: 'contract', command, source: planSource }));
}

export const planSource = 'plan';
