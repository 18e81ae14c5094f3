// Asks operations of the server by their method and path: what each takes and answers follows from the contract.
import type { AnswerOf, Given, Operation } from '../../../src/contract/operations/ask.ts';
import type * as operations from '../../../src/contract/operations/operations.ts';
import { type CallOptions, call, queryOf } from './call.ts';

type Every = Extract<(typeof operations)[keyof typeof operations], Operation>;
type ByName = { [Of in Every as `${Of['method']} ${Of['path']}`]: Of };

interface AnyGiven extends CallOptions {
  params?: Readonly<Record<string, string>>;
  query?: Parameters<typeof queryOf>[0];
}

/** @throws ProblemError */
export async function ask<Name extends keyof ByName>(
  name: Name,
  ...given: Record<never, never> extends Given<ByName[Name]>
    ? [given?: Given<ByName[Name]>]
    : [given: Given<ByName[Name]>]
): Promise<AnswerOf<ByName[Name]>> {
  const { params = {}, query = {}, ...options } = (given[0] ?? {}) as AnyGiven;
  const [method = '', template = ''] = name.split(' ');
  const path = template.replaceAll(/\{(\w+)\}/g, (_, part) => encodeURIComponent(params[part] ?? ''));
  return call(method.toUpperCase(), `${path}${queryOf(query)}`, options);
}
