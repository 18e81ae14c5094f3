// Errors that a provider bills although their status says that the client is at fault: the model has worked, and its
// answer was withheld or thrown away.
import { countIn, isObject, memberOf, objectIn, parseOrNull, textIn } from './json-value.ts';
import { errorIn } from './provider-failure.ts';

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

/** Whether an answer with a client error or another status that usually costs nothing may be billed nevertheless. */
export function mayBeBilled(status: number, body: Buffer): boolean {
  if (statuses.has(status)) return true;
  const document = parseOrNull(body.toString('utf8'));
  const error = errorIn(document);
  const said = [error, memberOf(error, 'innererror')].flatMap((each) => textIn(each, 'code') ?? []);
  return said.some((code) => codes.has(code)) || [document, error].some(hasUsage);
}

function hasUsage(value: unknown): boolean {
  const usage = objectIn(value, 'usage') ?? objectIn(value, 'usageMetadata');
  return isObject(usage) && Object.keys(usage).some((name) => (countIn(usage, name) ?? 0) > 0);
}
