// Errors that a provider may bill although their status says that the client is at fault, or that the server is busy: the
// model has worked, and its answer was withheld or thrown away.
import type { CallFailureKind } from '../../../domain/agents/model-call.ts';
import { countIn, isObject, memberOf, parseOrNull, textIn } from '../json-value.ts';
import { errorIn, kindOfCodes } from './provider-failure.ts';

/** Request timeout; the client gave up: in both cases the model may have begun. */
const statuses: ReadonlySet<number> = new Set([408, 499]);

const codes: ReadonlySet<string> = new Set([
  // Azure bills the prompt and what was generated until the filter stopped it.
  'content_filter',
  'ResponsibleAIPolicyViolation',
  // Groq rejects what its model has generated.
  'tool_use_failed',
  'json_validate_failed',
]);

/** Failures that a provider finds before a model begins. */
const refusals: ReadonlySet<CallFailureKind> = new Set([
  ...(['authentication', 'quota', 'rate_limited', 'model_not_found', 'context_too_long'] as const),
  'bad_request',
]);

/** Words of proxies that waited for somebody else. */
const gaveUp = /tim(?:ed?|e)[ _-]?out|deadline|upstream|gave up|abort|disconnect|reset/i;

/** @param isLate it came after a model may have begun @param isOwnHost it comes from the maker of the protocol */
export function mayBeBilled(
  status: number,
  body: Buffer,
  { isLate, isOwnHost }: { isLate: boolean; isOwnHost: boolean },
): boolean {
  if (statuses.has(status)) return true;
  const text = body.toString('utf8');
  const document = parseOrNull(text);
  const error = errorIn(document);
  const said = [error, memberOf(error, 'innererror')].flatMap((each) => textIn(each, 'code') ?? []);
  if (said.some((code) => codes.has(code)) || hasUsage(document)) return true;
  const kind = kindOfCodes(error);
  if (kind !== null && (isOwnHost || refusals.has(kind))) return false;
  return isLate || gaveUp.test(text);
}

/** Routers pass on the usage of their hosts at any depth. */
function hasUsage(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasUsage);
  if (!isObject(value)) return false;
  return Object.entries(value).some(([name, each]) => (isUsage.test(name) && isUsed(each)) || hasUsage(each));
}

const isUsage = /^usage(?:_?metadata)?$/i;

function isUsed(usage: unknown): boolean {
  return isObject(usage) && Object.keys(usage).some((name) => (countIn(usage, name) ?? 0) > 0);
}
