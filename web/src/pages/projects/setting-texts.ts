// The value of a setting as a person edits it, and back.
import type { ProjectSetting } from '../../../../src/contract/contract.ts';

/** What a person writes for an empty list or map, where no text means that the repository decides. */
const none = 'none';

export function textOf(kind: ProjectSetting['kind'], value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return kind === 'commands' ? value.join('\n') || none : value.join(', ');
  if (typeof value !== 'object') return String(value);
  return Object.keys(value).length === 0 ? none : JSON.stringify(value, null, 2);
}

/** Undefined for a text that is no such value; whether it is a valid one, the server says. */
export function givenOf(kind: ProjectSetting['kind'], text: string): unknown {
  const given = text.trim();
  if (kind === 'list') return [...new Set(given.split(/[\s,]+/).filter(Boolean))];
  if (given === '') return null;
  if (kind === 'commands') return given === none ? [] : given.split(/\s*\n\s*/);
  if (kind === 'usd') return Number(given) > 0 ? Number(given) : undefined;
  if (kind === 'services') return given === none ? {} : mapIn(given);
  return given;
}

function mapIn(given: string): unknown {
  try {
    const value: unknown = JSON.parse(given);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export const capitalized = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
