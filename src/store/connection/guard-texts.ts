// The border of the database: every text that goes over a connection is storable, whoever wrote it.
import type pg from 'pg';
import { storableText } from '../storable.ts';

/** A statement that begins so is parsed once for each connection, and known there by its name. */
const preparedMark = /^\/\* prepared: (\w+) \*\//;

type AnyQuery = (text: unknown, values?: unknown, ...rest: unknown[]) => unknown;

/** From now on this connection sends no secret; what is to stay exact is marked so by `exactly`. */
export function guardTexts(client: pg.ClientBase): void {
  const query = client.query.bind(client) as AnyQuery;
  const guarded: AnyQuery = (text, values, ...rest) => {
    const stored = Array.isArray(values) ? values.map(storable) : values;
    const [, name] = (typeof text === 'string' && preparedMark.exec(text)) || [];
    return name === undefined ? query(text, stored, ...rest) : query({ name, text, values: stored }, ...rest);
  };
  client.query = guarded as typeof client.query;
}

function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  return Array.isArray(value) ? value.map(storable) : value;
}
