import type { Token } from './state.ts';

// https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api

export const limitPerHour = 5_000;
const hourMs = 3_600_000;

/** Epoch seconds. The hour begins with the first request in it. */
export function resetOf(token: Token | null, now: Date): number {
  return token && isInWindow(token, now) ? token.window : Math.floor((now.getTime() + hourMs) / 1_000);
}

export function isInWindow({ window }: Token, now: Date): boolean {
  return now.getTime() < window * 1_000;
}

export function limitHeaders(token: Token | null, now: Date): Record<string, string> {
  const left = Math.max(0, token?.left ?? 60);
  const limit = token ? limitPerHour : 60;
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(left),
    'x-ratelimit-used': String(limit - left),
    'x-ratelimit-reset': String(resetOf(token, now)),
    'x-ratelimit-resource': 'core',
  };
}
