import type { Command } from 'commander';
import type { Setting, SettingVersion } from '../../../contract/contract.ts';
import {
  changeSetting,
  listSettingHistory,
  listSettings,
  showSetting,
} from '../../../contract/operations/settings.ts';
import { durationMs, durationText } from '../../../domain/text/duration.ts';
import { settingsOfPeople } from '../../../engine/policy/settings/limits.ts';
import type { CliContext } from '../../context.ts';
import { cliFailures } from '../../failure-catalogue.ts';
import { withMoose } from '../../input/flags.ts';
import { readText } from '../../input/read-text.ts';
import { confirmByPerson } from '../../terminal/confirm.ts';
import { paint } from '../../terminal/printer.ts';
import { cut, table } from '../../terminal/table.ts';

const widthMax = 160;
const valueCharsMax = 60;
const historyMax = 50;
const dayMs = 86_400_000;

export function addConfigSettings(config: Command, context: CliContext): void {
  // Without a subcommand, it prints the list.
  config.action(async (_options: unknown, command: Command) =>
    withMoose(context, command, async ({ ask }, printer) => {
      const { items: settings } = await ask(listSettings);
      printer.print(settings, () => listLines(settings));
    }),
  );
  config
    .command('get <key>')
    .description('show one setting: its value, what it accepts, and where the value comes from')
    .action(async (key: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const setting = await ask(showSetting, { params: { key } });
        printer.print(setting, () => oneLines(setting));
      }),
    );
  config
    .command('set <key> <value>')
    .description(
      'change a setting on every machine, immediately; a duration is 90s, 10m, 2h or 7d, or a number of milliseconds; @FILE reads the value from a file',
    )
    .action(async (key: string, given: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const { kind, version } = await ask(showSetting, { params: { key } });
        await confirmWhereNeeded(context, key);
        const value = readValue(kind, await readText(given, context.signal));
        const setting = await ask(changeSetting, {
          params: { key },
          body: { value, expected_version: version },
        });
        printer.print(setting, () => oneLines(setting));
      }),
    );
  config
    .command('unset <key>')
    .description('reset a setting to its environment value or default')
    .action(async (key: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        await confirmWhereNeeded(context, key);
        await ask(changeSetting, { params: { key }, body: { value: null } });
        printer.print({ key }, () => [`Reset ${key} to its environment value or default.`]);
      }),
    );
  config
    .command('history <key>')
    .description('show the earlier values of a setting, who changed it, and when; newest first')
    .action(async (key: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const { items } = await ask(listSettingHistory, { params: { key }, query: { limit: historyMax } });
        const kind = (await ask(listSettings)).items.find((setting) => setting.key === key)?.kind;
        printer.print(items, () => historyLines(items, kind));
      }),
    );
}

async function confirmWhereNeeded({ signal }: CliContext, key: string): Promise<void> {
  if (settingsOfPeople.has(key)) await confirmByPerson(`Changing ${key}`, signal);
}

const lists = new Set<Setting['kind']>(['models', 'agents', 'people', 'words']);
const texts = new Set<Setting['kind']>(['text', 'choice']);

/** Parses typed input: comma-separated names, a number, a duration, a word, or JSON. @throws PermanentError `VALUE_UNREADABLE` */
export function readValue(kind: Setting['kind'], given: string): unknown {
  const text = given.trim();
  if (texts.has(kind)) return text;
  if (lists.has(kind) && !text.startsWith('['))
    return text
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean);
  // A bare number is milliseconds, as over HTTP.
  const ms = kind === 'duration_ms' && /[a-z]$/.test(text) ? durationMs(text) : null;
  if (ms !== null) return ms;
  try {
    return JSON.parse(text.replace(/^\$/, ''));
  } catch (cause) {
    throw cliFailures.VALUE_UNREADABLE(
      { operation: 'parse', cause },
      { kind: kind === 'duration_ms' ? 'a duration' : kind, advice: howToWrite(kind) },
    );
  }
}

function howToWrite(kind: Setting['kind']): string {
  if (kind === 'policies') return 'Write the rows as JSON, and give them as @FILE.';
  if (kind === 'duration_ms') return 'Write it as 90s, 10m, 2h or 7d, or as a number of milliseconds.';
  return 'Write a plain number, as in 2.5.';
}

function listLines(settings: readonly Setting[]): string[] {
  const lines: string[] = [];
  for (const [group, members] of Map.groupBy(settings, (setting) => setting.group)) {
    if (lines.length > 0) lines.push('');
    lines.push(paint('bold', group));
    const rows = members.map((setting) => [
      setting.key,
      shown(setting.kind, setting.value),
      sourceOf(setting),
      setting.title,
    ]);
    lines.push(...table(['KEY', 'VALUE', 'FROM', ''], rows, widthMax));
  }
  return lines;
}

function oneLines(setting: Setting): string[] {
  const { key, kind, title, help, value, default: byDefault, choices, min, max } = setting;
  const bounds = min === null || max === null ? [] : [`Allowed: ${shown(kind, min)} to ${shown(kind, max)}.`];
  const names = choices === null ? [] : [`Allowed: ${choices.join(', ')}.`];
  return [
    `${key}  ${sourceOf(setting)}`,
    `${title}. ${help}`,
    ...bounds,
    ...names,
    ...written(kind, value),
    ...(setting.source === 'changed' ? [paint('dim', `Without this change: ${shown(kind, byDefault)}`)] : []),
  ];
}

function sourceOf({ source, environment, changed_by: by, changed_at: at, version }: Setting): string {
  if (source === 'changed')
    return `${by?.replace(/^human:/, '') ?? '?'}, ${at?.slice(0, 16) ?? '?'}, version ${version}`;
  return source === 'environment' ? (environment ?? source) : 'default';
}

function historyLines(items: readonly SettingVersion[], kind: Setting['kind'] | undefined): string[] {
  if (items.length === 0) return ['Never changed.'];
  return table(
    ['VERSION', 'AT', 'BY', 'VALUE'],
    items.map(({ version, changed_at: at, changed_by: by, value }) => [
      ...[String(version), at, by.replace(/^human:/, '')],
      value === null ? 'reset' : kind === 'duration_ms' ? shown(kind, value) : JSON.stringify(value),
    ]),
    widthMax,
  );
}

/** One line per entry of a list; together they are valid input for `set`. */
function written(kind: Setting['kind'], value: unknown): string[] {
  if (!Array.isArray(value)) return [kind === 'duration_ms' ? shown(kind, value) : String(value)];
  const lines = value.map(
    (entry, index) => `  ${JSON.stringify(entry)}${index < value.length - 1 ? ',' : ''}`,
  );
  return value.length === 0 ? ['[]'] : ['[', ...lines, ']'];
}

function shown(kind: Setting['kind'], value: unknown): string {
  if (kind === 'duration_ms' && typeof value === 'number') return durationWords(value);
  if (Array.isArray(value) && value.every((each) => typeof each === 'string'))
    return value.length === 0 ? '–' : cut(value.join(', '), valueCharsMax);
  return Array.isArray(value) ? `${value.length} rows` : String(value);
}

/** As a person types it. */
function durationWords(ms: number): string {
  if (ms === 0) return '0';
  return ms % dayMs === 0 ? `${ms / dayMs}d` : durationText(ms);
}
