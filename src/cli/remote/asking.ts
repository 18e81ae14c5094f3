// The questions that commands ask: calls of the command line only, and the public routes.

import { z } from '@hono/zod-openapi';
import {
  type CallName,
  type CallOutput,
  type CallQuestion,
  callPath,
  calls,
} from '../../contract/contract.ts';
import { cliFailures } from '../failure-catalogue.ts';
import type { Question, ServerClient } from './client.ts';

export interface Asking {
  /** Makes a call that only the command line makes. */
  call<Name extends CallName>(
    name: Name,
    input: CallQuestion<Name>,
    given?: Pick<Question<unknown>, 'asPerson' | 'signal' | 'left'>,
  ): Promise<CallOutput<Name>>;
  get<Answer>(path: string, answer: z.ZodType<Answer>, more?: Partial<Question<Answer>>): Promise<Answer>;
  /** Requests a change: never repeated without a key, and made by the person if the token belongs to one. */
  change<Answer>(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    answer: z.ZodType<Answer>,
    given?: { body?: unknown; key?: string },
  ): Promise<Answer>;
}

/** For changes whose answer is not used. */
export const anything = z.unknown();
export const listOf = <Item>(item: z.ZodType<Item>) => z.object({ items: z.array(item) });

export function askingOf({ ask }: ServerClient): Asking {
  return {
    call: <Name extends CallName>(name: Name, input: CallQuestion<Name>, given = {}) =>
      ask({
        method: 'POST',
        path: callPath(name),
        body: input,
        ...given,
        answer: calls[name].output as unknown as z.ZodType<CallOutput<Name>>,
      }),
    get: (path, answer, more = {}) => ask({ path, answer, ...more }),
    change: (method, path, answer, given = {}) => ask({ method, path, answer, ...given, asPerson: true }),
  };
}

/** One escaped part of a path. */
/** @throws PermanentError `NAME_NOT_SENDABLE`: in an address, these names mean other paths, even encoded */
export function segment(text: string): string {
  if (text === '' || text === '.' || text === '..')
    throw cliFailures.NAME_NOT_SENDABLE('ask the server', { text });
  return encodeURIComponent(text.toWellFormed());
}
