// What a request may contain besides tokens, one table per protocol. Anything that a price per token does not bound is
// refused, or removed if the client works without it (R-BUD-3).
import { isObject, type JsonObject, memberOf } from './json-value.ts';
import { type Shape, strangeIn } from './shape.ts';
import type { Refusal, WireRequest } from './wire.ts';

export interface Feature {
  /** A member of the request object. */
  field: string;
  /** Absent or null members are never checked. */
  isBounded(value: unknown): boolean;
  /** The value to write instead; `undefined` removes the member. */
  otherwise: 'refuse' | ((value: unknown) => unknown);
  /** Why the cost of this part of the request has no upper bound; completes a sentence that starts with its name. */
  because: string;
}

export function oneOf(...values: readonly unknown[]): (value: unknown) => boolean {
  return (value) => values.includes(value);
}

export function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) ? Object.keys(value).length === 0 : false;
}

export function leaveOut(): undefined {
  return undefined;
}

/** Members to rewrite so that the request is bounded. */
export function boundFeatures(
  features: readonly Feature[],
  body: JsonObject,
): { edits: Map<string, unknown> } | { refusal: Refusal } {
  const edits = new Map<string, unknown>();
  for (const { field, isBounded, otherwise, because } of features) {
    const value = memberOf(body, field);
    if (value === undefined || value === null || isBounded(value)) continue;
    if (otherwise === 'refuse') return { refusal: refusedFeature(`\`${field}\``, because) };
    edits.set(field, otherwise(value));
  }
  return { edits };
}

/**
 * A member on no list of this protocol is not sent: its cost is unknown. A person may allow one by its name; what a list has
 * stays refused where its value may cost.
 */
export function refusedMember(
  body: unknown,
  shape: Shape,
  { allowedMembers = [] }: Pick<WireRequest, 'allowedMembers'>,
): Refusal | null {
  let left = body;
  for (let count = 0; ; count += 1) {
    const strange = strangeIn(left, shape);
    if (strange === null) return null;
    const name = withoutIndex(strange.path);
    if (!strange.isUnknown || !allowedMembers.includes(name) || count >= allowedMembers.length)
      return refusedFeature(
        `\`${strange.path.slice(0, strangeCharsMax)}\``,
        'the gateway does not know this field',
      );
    left = withoutMember(left, name.split('.'));
  }
}

/** `tools[3].hint` is `tools.hint`. */
export const withoutIndex = (path: string) => path.replace(/\[\d*\]/g, '');

function withoutMember(value: unknown, [name = '', ...below]: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((each) => withoutMember(each, [name, ...below]));
  if (!isObject(value) || !Object.hasOwn(value, name)) return value;
  const { [name]: inner, ...others } = value;
  return below.length === 0 ? others : { ...others, [name]: withoutMember(inner, below) };
}

const strangeCharsMax = 120;

export function refusedFeature(what: string, because: string): Refusal {
  return {
    failure: 'refused_feature',
    message: `The cost of ${what} cannot be bounded: ${because}; send the request without it.`,
  };
}

export function badRequest(problem: string): { refusal: Refusal } {
  return {
    refusal: { failure: 'bad_request', message: `The request ${problem}; follow the protocol.` },
  };
}
