// Which of a client's headers go on to the provider: none that says who pays, how the connection is made, or what part of
// the answer is wanted.
import type { WireRequest } from './wire.ts';

const held = new Set([
  // Of the connection to the gateway.
  ...['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'host', 'expect', 'via'],
  ...['content-length', 'forwarded', 'x-real-ip', 'origin', 'referer'],
  // The gateway reads the answer, and asks for it as it is.
  ...['accept-encoding', 'content-encoding', 'range', 'if-none-match', 'if-modified-since'],
  // Who pays.
  ...['authorization', 'x-api-key', 'api-key', 'cookie', 'openai-organization', 'openai-project'],
  'anthropic-user-profile-id',
  // What would make another request of it.
  ...['x-http-method-override', 'x-http-method', 'x-method-override', 'prefer'],
]);
const heldBeginnings = ['proxy-', 'x-forwarded-', 'sec-fetch-', 'cf-'];
/** Google's own say who pays, and which fields the answer has: the usage may be left out of them. */
const passedOfGoogle = new Set(['x-goog-api-client']);

export function headersToSend(headers: WireRequest['headers']): Record<string, string> {
  const passed = Object.entries(headers).flatMap(([name, value]): [string, string][] => {
    const lower = name.toLowerCase();
    if (value === undefined || isHeld(lower)) return [];
    return [[lower, Array.isArray(value) ? value.join(', ') : value]];
  });
  return Object.fromEntries(passed);
}

function isHeld(name: string): boolean {
  if (name.startsWith('x-goog-')) return !passedOfGoogle.has(name);
  return held.has(name) || heldBeginnings.some((beginning) => name.startsWith(beginning));
}

export function headerOf(headers: WireRequest['headers'], name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

/** `Authorization: Bearer KEY`. */
export function bearerOf(headers: WireRequest['headers']): string | null {
  return /^Bearer +(\S+) *$/i.exec(headerOf(headers, 'authorization') ?? '')?.[1] ?? null;
}
