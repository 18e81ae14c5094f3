// Validates the value of a setting, by its kind and by the names known here.

import { isMooseError, type PermanentError } from '../../domain/failure.ts';
import type { Database } from '../../store/database.ts';
import { isTimeZone } from '../../store/work/system-config.ts';
import type { KnownNames } from '../commands/submit/agent-choice.ts';
import type { EngineSettingDefinition } from '../policy/engine-settings.ts';
import { nobody } from '../policy/settings/models.ts';
import { issuesOf, type ValueIssue, wordsOf } from './apply-settings.ts';
import { settingFailures } from './failure-catalogue.ts';

export interface CheckDeps {
  database: Database;
  known: KnownNames;
}

/**
 * Returns the value in the form in which it is stored.
 * @throws PermanentError `SETTING_VALUE_INVALID`, whose `issues` name the entry and the field
 */
export async function checkValue(
  deps: CheckDeps,
  definition: EngineSettingDefinition,
  value: unknown,
): Promise<unknown> {
  const parsed = definition.schema.safeParse(value);
  if (!parsed.success) throw invalid(definition, issuesOf(parsed.error.issues));
  const unknown = await unknownNames(deps, definition, parsed.data);
  if (unknown.length > 0) throw invalid(definition, unknown);
  return parsed.data;
}

async function unknownNames(
  { database, known }: CheckDeps,
  { namesOf }: EngineSettingDefinition,
  value: unknown,
): Promise<ValueIssue[]> {
  if (namesOf === undefined) return [];
  if (namesOf === 'time zone') {
    const isKnown = await database.run((query) => isTimeZone(query, String(value)));
    return isKnown
      ? []
      : [{ path: '', message: 'must be the name of a time zone, for example Europe/Berlin' }];
  }
  const isList = Array.isArray(value);
  const given = (isList ? value : [value]).map(String);
  const issues: ValueIssue[] = [];
  for (const [index, name] of given.entries()) {
    if (!isList && namesOf === 'model' && name === nobody) continue;
    const message = namesOf === 'model' ? await whyNoModel(known, name) : whyNoAgent(known, name);
    if (message !== null) issues.push({ path: isList ? String(index) : '', message });
  }
  return issues;
}

function whyNoAgent({ agentNames }: KnownNames, name: string): string | null {
  if (agentNames.includes(name)) return null;
  return `is "${name}", which is not an agent: choose one of ${agentNames.join(', ')}`;
}

async function whyNoModel({ assertModel }: KnownNames, name: string): Promise<string | null> {
  try {
    await assertModel(name);
    return null;
  } catch (cause) {
    if (!isMooseError(cause) || cause.category !== 'configuration') throw cause;
    // The result is used inside a sentence.
    return `is "${name}": ${cause.message} ${cause.advice ?? ''}`.trim().replace(/\.$/, '');
  }
}

function invalid({ key, title }: EngineSettingDefinition, issues: ValueIssue[]): PermanentError {
  return settingFailures.SETTING_VALUE_INVALID(
    { operation: 'change', metadata: { key, issues } },
    { title, issues: issues.map(wordsOf).join('; '), key },
  );
}
