// The text of a new `.moose/config.yml`, with comments for the next reader. Reading it returns the values that were
// written.
import { parse } from 'yaml';
import type { Check } from '../domain/work-order/check.ts';

export interface WrittenCommand extends Check {
  /** Why the command is in the file. */
  why: string;
  /** Why the command is only a comment in the file; null if it is in effect. */
  leftOutBecause: string | null;
}

export interface WrittenAgent {
  name: string;
  isChosen: boolean;
  time: string;
  limitUsd: number;
}

/** A host that setup needs. */
export interface WrittenHost {
  host: string;
  /** True if the host may have a private address, which a person must confirm. */
  isPrivate: boolean;
  /** The file that names the host. */
  source: string;
}

/** A daemon that the checks need. */
export interface WrittenDaemon {
  name: string;
  command: string;
  /** The text that shows that it is ready. */
  log: string;
  /** The file that shows that the checks need it. */
  source: string;
  environment: Readonly<Record<string, string>>;
  /** Why it is only a comment in the file; null if it is in effect. */
  leftOutBecause: string | null;
}

export function configText(
  commands: readonly WrittenCommand[],
  agents: readonly WrittenAgent[],
  hosts: readonly WrittenHost[] = [],
  daemons: readonly WrittenDaemon[] = [],
): string {
  const setup = commands.filter(({ kind }) => kind === 'setup');
  const checks = commands.filter(({ kind }) => kind !== 'setup');
  const lines = [
    '# Settings of this project for Moose. All keys: docs/reference/config.md of Moose.',
    '# Moose reads this file from the base branch: a change has no effect before it is merged.',
    '',
    '# Installs what the project needs, before the agent and the checks.',
    ...listLines('setup', setup, ({ command }) => [quoted(command)]),
    '',
    '# Every change must pass these, in this order.',
    ...listLines('checks', checks, ({ kind, command }) => [`kind: ${kind}`, `command: ${quoted(command)}`]),
    '',
    '# How a change with green checks is judged: standard, strict (refuse all that weakens the checks) or checks-only.',
    '# verify: standard',
    '# Together with which other open changes it is checked: likely (those that something connects with it), all or off.',
    '# together: likely',
    '',
    '# Variables of setup and checks. Never a secret: this file is in the repository.',
    ...environmentLines(daemons),
    '',
    ...daemonLines(daemons),
    ...hostLines(hosts),
    ...agentLines(agents),
  ];
  return `${lines.join('\n')}\n`;
}

function listLines(
  key: string,
  commands: readonly WrittenCommand[],
  entryOf: (command: WrittenCommand) => readonly string[],
): string[] {
  const isEmpty = commands.every(({ leftOutBecause }) => leftOutBecause !== null);
  const entries = commands.flatMap((command) => {
    const { why, leftOutBecause } = command;
    const [first = '', ...rest] = entryOf(command);
    const text = [`- ${first}`, ...rest.map((line) => `  ${line}`)];
    const sign = leftOutBecause === null ? '  ' : '  # ';
    const because = leftOutBecause === null ? why : `${why}; ${leftOutBecause}`;
    return [`  # ${oneLine(because)}`, ...text.map((line) => `${sign}${line}`)];
  });
  // An empty `checks:` would mean that there are no checks; without the key, Moose uses the checks that it finds.
  return [isEmpty ? `# ${key}:` : `${key}:`, ...entries];
}

function environmentLines(daemons: readonly WrittenDaemon[]): string[] {
  const inEffect = daemons.filter(({ leftOutBecause }) => leftOutBecause === null);
  const pairs = Object.entries(Object.assign({}, ...inEffect.map(({ environment }) => environment)));
  if (pairs.length === 0) return ['# environment:', '#   TZ: UTC'];
  return ['environment:', ...pairs.map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`)];
}

function daemonLines(daemons: readonly WrittenDaemon[]): string[] {
  if (daemons.length === 0) return [];
  const isEmpty = daemons.every(({ leftOutBecause }) => leftOutBecause !== null);
  const entries = daemons.flatMap(({ name, command, log, source, leftOutBecause }) => {
    const text = [
      `${name}:`,
      '  command: |',
      ...command.split('\n').map((line) => `    ${line}`),
      `  ready: { log: ${JSON.stringify(log)} }`,
    ];
    const sign = leftOutBecause === null ? '  ' : '  # ';
    const because = leftOutBecause === null ? '' : `; ${leftOutBecause}`;
    return [`  # from ${oneLine(source)}${because}`, ...text.map((line) => `${sign}${line}`)];
  });
  return [
    '# Programs that run while the agent and the checks work. All sessions of a worktree reach them on localhost.',
    isEmpty ? '# services:' : 'services:',
    ...entries,
    '',
  ];
}

function hostLines(hosts: readonly WrittenHost[]): string[] {
  if (hosts.length === 0) return [];
  return [
    '# Hosts that setup and checks may reach, beside the public package registries.',
    'egress:',
    ...hosts.flatMap(({ host, isPrivate, source }) => [
      `  # from ${oneLine(source)}${isPrivate ? '; a person confirms it: `moose project set NAME --confirm-hosts`' : ''}`,
      isPrivate ? `  - { host: ${JSON.stringify(host)}, private: true }` : `  - ${JSON.stringify(host)}`,
    ]),
    '',
  ];
}

function agentLines(agents: readonly WrittenAgent[]): string[] {
  const chosen = agents.find(({ isChosen }) => isChosen);
  const others = agents.filter(({ isChosen }) => !isChosen);
  return [
    '# The agent for work orders that do not specify one, its time limit, and the most that one work order may cost (US dollars).',
    ...(chosen ? [`agent: ${quoted(chosen.name)}`, `time: ${chosen.time}`] : []),
    ...(chosen ? [`# limit: ${chosen.limitUsd}`] : ['# agent: claude-code', '# time: 45m', '# limit: 5']),
    ...others.map(
      ({ name, time, limitUsd }) => `# Installed too: agent: ${name}, time: ${time}, limit: ${limitUsd}`,
    ),
  ];
}

/** A scalar that YAML reads as exactly this text. JSON strings are valid YAML. */
export function quoted(text: string): string {
  const isPlain =
    /^[A-Za-z./][\w ./=,+@()&-]*[\w./)]$/.test(text) &&
    !/ #|: |^(true|false|null|yes|no|on|off)$/i.test(text) &&
    // `.5` and `.inf` are numbers.
    parse(text) === text;
  return isPlain ? text : JSON.stringify(text);
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
}
