// Merges the settings from startup with the changes that people made. Pure.

import { definitionOf, type EngineSettings } from '../policy/engine-settings.ts';
import { isolationKey } from '../policy/settings/agents.ts';

/** An ignored row, with the reason as part of a sentence. */
export interface IgnoredRow {
  key: string;
  because: string;
}

export interface Applied {
  settings: EngineSettings;
  ignored: IgnoredRow[];
}

export function applySettings(
  base: EngineSettings,
  rows: ReadonlyArray<{ key: string; value: unknown }>,
): Applied {
  const settings = { ...base };
  const ignored: IgnoredRow[] = [];
  for (const { key, value } of rows) {
    const definition = definitionOf(key);
    if (definition?.held.by !== 'engine') {
      ignored.push({ key, because: 'this version of Moose has no such setting' });
      continue;
    }
    if (key === isolationKey && base.isolation === 'require' && value !== 'require') {
      ignored.push({ key, because: 'MOOSE_ISOLATION=require on this machine does not allow less' });
      continue;
    }
    const parsed = definition.schema.safeParse(value);
    if (parsed.success) Object.assign(settings, definition.held.write(settings, parsed.data));
    else ignored.push({ key, because: issuesOf(parsed.error.issues).map(wordsOf).join('; ') });
  }
  return { settings, ignored };
}

export interface ValueIssue {
  /** A path such as `2.delays_ms`; empty for the value as a whole. */
  path: string;
  message: string;
}

const issuesMax = 10;

export function issuesOf(issues: ReadonlyArray<{ path: PropertyKey[]; message: string }>): ValueIssue[] {
  return issues
    .slice(0, issuesMax)
    .map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
}

/** Positions count from 1 for people. */
export function wordsOf({ path, message }: ValueIssue): string {
  const [first = '', ...others] = path.split('.');
  const where = /^\d+$/.test(first) ? [`entry ${Number(first) + 1}`, ...others].join(' ') : path;
  return where === '' ? `it ${message}` : `${where} ${message}`;
}
