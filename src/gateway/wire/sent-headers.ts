// Decides which of a client's headers go to the provider: only those on a list, which identify the client and its
// version. Any other header could change who pays, the tariff, the encoding or the answer.
import type { WireRequest } from './wire.ts';

/** Providers use these only for statistics or to tell their clients apart. */
const passedOfAll = [
  ...['accept', 'accept-language', 'user-agent'],
  ...['x-request-id', 'x-client-request-id', 'x-session-id', 'x-session-affinity'],
];
const passedBeginnings = ['x-stainless-'];

export interface HeaderList {
  names: readonly string[];
  /** For a header whose value is a list of features: the features that change neither a price nor a limit. */
  features?: { header: string; isKnown(feature: string): boolean };
}

export function headersToSend(
  headers: WireRequest['headers'],
  { names, features }: HeaderList,
): Record<string, string> {
  const passed = Object.entries(headers).flatMap(([name, value]): [string, string][] => {
    const lower = name.toLowerCase();
    if (value === undefined) return [];
    const text = Array.isArray(value) ? value.join(', ') : value;
    if (lower === features?.header) {
      const known = text
        .split(',')
        .map((each) => each.trim())
        .filter(features.isKnown);
      return known.length === 0 ? [] : [[lower, known.join(',')]];
    }
    const isListed = passedOfAll.includes(lower) || names.includes(lower);
    return isListed || passedBeginnings.some((beginning) => lower.startsWith(beginning))
      ? [[lower, text]]
      : [];
  });
  // The gateway has read the body as UTF-8 JSON, whatever content type the client states.
  return { ...Object.fromEntries(passed), 'content-type': 'application/json' };
}

export function headerOf(headers: WireRequest['headers'], name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

/** The key from `Authorization: Bearer KEY`; null for any other header. */
export function bearerOf(headers: WireRequest['headers']): string | null {
  return /^Bearer +(\S+) *$/i.exec(headerOf(headers, 'authorization') ?? '')?.[1] ?? null;
}
