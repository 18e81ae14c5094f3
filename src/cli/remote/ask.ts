// Asks operations through a client: what is sent, and how the answer is read, follow from the operation.
import { randomUUID } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import type { Ask, Operation } from '../../contract/operations/ask.ts';
import { idempotencyKey } from '../../contract/operations/operation.ts';
import { cliFailures } from '../failure-catalogue.ts';
import type { BytesLeft } from './read-bounded.ts';

export interface Question {
  method: string;
  /** With its query. */
  path: string;
  body?: unknown;
  answer: z.ZodType;
  isChange: boolean;
  /** True if the call changes something, or shows more to a person: then the token's owner signs in and makes it. */
  asPerson: boolean;
  /** Reads may always be repeated; a change only under an idempotency key. */
  key?: string;
  /** How many more bytes the answers of one list may have, over all pages. */
  left?: BytesLeft | undefined;
  signal?: AbortSignal | undefined;
}

interface AnyGiven {
  params?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, unknown>>;
  body?: unknown;
  key?: string;
  left?: Question['left'];
  signal?: AbortSignal | undefined;
}

export function askThrough(call: (question: Question) => Promise<unknown>): Ask {
  const ask = async (operation: Operation, given: AnyGiven = {}, as?: z.ZodType) =>
    call({ ...questionOf(operation, given), ...(as === undefined ? {} : { answer: as }) });
  return ask as Ask;
}

function questionOf(operation: Operation, { params, query, key, ...given }: AnyGiven): Question {
  const { method, path, audit, isForPeople, request = {} } = operation;
  const isChange = audit !== null;
  return {
    ...given,
    method: method.toUpperCase(),
    path: `${pathOf(path, params)}${queryOf(query)}`,
    answer: answerOf(operation),
    isChange,
    asPerson: isChange || isForPeople,
    ...(request.headers === idempotencyKey ? { key: key ?? randomUUID() } : {}),
  };
}

function pathOf(path: string, params: AnyGiven['params'] = {}): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name) => segment(params[name] ?? ''));
}

/**
 * One escaped part of a path.
 * @throws PermanentError `NAME_NOT_SENDABLE`: in an address, these names mean other paths, even encoded
 */
function segment(text: string): string {
  if (text === '' || text === '.' || text === '..')
    throw cliFailures.NAME_NOT_SENDABLE('ask the server', { text });
  return encodeURIComponent(text.toWellFormed());
}

function queryOf(query: AnyGiven['query'] = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

type Answers = Partial<Record<number, { content?: Record<string, { schema: z.ZodType }> }>>;

/** A success without a body is undefined. */
function answerOf({ responses }: Operation): z.ZodType {
  const { 200: ok, 201: created, 202: accepted } = responses as Answers;
  return (ok ?? created ?? accepted)?.content?.['application/json']?.schema ?? z.undefined();
}
