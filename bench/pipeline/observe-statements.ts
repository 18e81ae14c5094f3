// Records every statement that this process sends to PostgreSQL, by wrapping the driver's `query` method.

import pg from 'pg';
import { instantMs } from '../measuring/intervals.ts';

export interface ObservedStatement {
  text: string;
  /** The name of the connection: `moose`, `moose locks`, that of the durable engine, … */
  application: string;
  startMs: number;
  /** Null until the answer arrives. */
  endMs: number | null;
}

export interface StatementObserver {
  readonly seen: ObservedStatement[];
  stop(): void;
}

type Query = (this: pg.Client, ...args: unknown[]) => unknown;

/**
 * Handles only the forms that Moose and the durable engine use: a text or a configuration, with a promise or a
 * callback.
 */
export function observeStatements(): StatementObserver {
  const prototype = pg.Client.prototype as unknown as { query: Query };
  const original = prototype.query;
  const seen: ObservedStatement[] = [];
  prototype.query = function observed(...args) {
    const one: ObservedStatement = {
      text: textOf(args[0]),
      application: applicationOf(this),
      startMs: instantMs(),
      endMs: null,
    };
    seen.push(one);
    const end = () => {
      one.endMs = instantMs();
    };
    const last = args.at(-1);
    if (typeof last === 'function') {
      args[args.length - 1] = (...answer: unknown[]) => {
        end();
        return last(...answer);
      };
      return original.apply(this, args);
    }
    const answered = original.apply(this, args);
    if (answered instanceof Promise) answered.then(end, end);
    return answered;
  };
  return {
    seen,
    stop: () => {
      prototype.query = original;
    },
  };
}

function textOf(query: unknown): string {
  if (typeof query === 'string') return query;
  return typeof query === 'object' && query !== null && 'text' in query ? String(query.text) : '';
}

function applicationOf(client: pg.Client): string {
  const { connectionParameters: parameters } = client as unknown as {
    connectionParameters: { application_name?: string; fallback_application_name?: string };
  };
  return parameters.application_name || parameters.fallback_application_name || '';
}
