// The names of checks, for messages about decisions: a limited number of them. Pure.
import type { Check } from '../../domain/forge.ts';
import type { Next } from './next-of-facts.ts';

const namesShownMax = 5;

export function runningWords({
  checks,
  missing,
}: {
  checks: readonly Check[];
  missing: readonly string[];
}): string {
  const running = checks.filter(({ state }) => state === 'queued' || state === 'running');
  const names = [...new Set([...running.map(({ name }) => name), ...missing])];
  const total = new Set([...checks.map(({ name }) => name), ...missing]).size;
  if (names.length === 0) return 'CI has not finished.';
  return `CI: ${names.length} of ${total} checks have not finished (${listed(names)}).`;
}

export function lateWords(names: readonly string[]): string {
  const have = names.length === 1 ? 'has' : 'have';
  return `CI is green so far; ${listed(names)} ran on the base branch and ${have} not begun yet.`;
}

export function namesOf(checks: readonly Pick<Check, 'name'>[]): string {
  return checks.length === 0 ? 'a check' : listed([...new Set(checks.map(({ name }) => name))]);
}

export function listed(names: readonly string[]): string {
  const shown = names.slice(0, namesShownMax).join(', ');
  return names.length > namesShownMax ? `${shown} and ${names.length - namesShownMax} more` : shown;
}

export function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

export function wait(words: string): Extract<Next, { act: 'wait' }> {
  return { act: 'wait', for: words };
}
