// The contracts of a plan as a table, with what breaks them below it.
import type { SpecContracts } from '../../contract/contract.ts';
import { table } from '../terminal/table.ts';

const widthMax = 60;

export function contractStateLines({ items }: SpecContracts): string[] {
  if (items.length === 0) return ['The plan has no contracts.'];
  const rows = items.map(({ name, kind, state, provider, users, path }) => [
    ...[name, kind, state, provider, users.join(', '), path],
  ]);
  return [
    ...table(['CONTRACT', 'KIND', 'STATE', 'PROVIDER', 'USERS', 'FILE'], rows, widthMax),
    ...items.flatMap(({ name, breaking, broken_by, accepted_by }) => {
      if (broken_by === null && accepted_by === null) return [];
      const by = broken_by === null ? `${accepted_by} accepted the change` : `${broken_by} breaks it`;
      return ['', `${name}: ${by}`, ...breaking.map(({ message }) => `- ${message}`)];
    }),
  ];
}
