// The database's boundary: every text that is sent is storable, whoever wrote it.
import type pg from 'pg';
import { storableText } from '../storable.ts';
import type { PreparedName } from './prepared-names.ts';

type AnyQuery = (text: unknown, values?: unknown, ...rest: unknown[]) => unknown;

/**
 * Makes this connection remove secrets from every text that it sends; `exactly` marks texts that must stay unchanged.
 * Statements with values that are sent again are prepared.
 */
export function guardTexts(client: pg.ClientBase, preparedName: PreparedName): void {
  const query = client.query.bind(client) as AnyQuery;
  const guarded: AnyQuery = (text, values, ...rest) => {
    const stored = Array.isArray(values) ? values.map(storable) : values;
    const hasValues = typeof text === 'string' && Array.isArray(stored) && stored.length > 0;
    const name = hasValues ? preparedName(text) : undefined;
    return name === undefined ? query(text, stored, ...rest) : query({ name, text, values: stored }, ...rest);
  };
  client.query = guarded as typeof client.query;
}

function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  return Array.isArray(value) ? value.map(storable) : value;
}
