// What a person should know about the files and dependencies that worktrees of a project get. Pure.
import type { Project, ProjectValuesView } from '../../contract/contract.ts';
import { assetsText, withoutInstructions } from '../../domain/agents/agent-assets.ts';
import { unconfirmedText } from '../../domain/machine/egress-consent.ts';
import { shellWord } from '../../stdx/text/shell-words.ts';
import { table } from '../terminal/table.ts';

const widthMax = 160;

export function hostLines(
  { name }: Pick<Project, 'name'>,
  { unconfirmed_hosts }: Pick<ProjectValuesView, 'unconfirmed_hosts'>,
): string[] {
  if (unconfirmed_hosts === null) return [];
  return [
    '',
    `.moose/config.yml asks for hosts that no person has confirmed, so work orders run without them: ${unconfirmedText(unconfirmed_hosts)}.`,
    `  To confirm them: \`moose project set ${shellWord(name)} --confirm-hosts\``,
  ];
}

export function fileLines({ files }: ProjectValuesView): string[] {
  if (files === null) return [];
  const { names, total, left_out, likely_secrets, problem } = files;
  const more = total > names.length ? ` and ${total - names.length} more` : '';
  return [
    '',
    ...(problem === null
      ? ['Copied into each worktree, where setup, checks and agents can read them:']
      : [problem]),
    ...(total > 0 ? [`  ${names.join(', ')}${more}`] : problem === null ? ['  nothing fits'] : []),
    ...(likely_secrets.length > 0
      ? [
          `  These files seem to contain secrets: ${likely_secrets.join(', ')}. Put secrets into variables, which an agent gets only by name: \`moose project variable set\`.`,
        ]
      : []),
    ...left_out.map(({ path, because }) => `  not copied: ${path}: ${because}`),
  ];
}

export function preparedLines({ prepared }: ProjectValuesView): string[] {
  if (prepared === null) return [];
  const { state, bytes, made_at, used_at } = prepared;
  const kept = `${mibText(bytes ?? 0)}, made ${dayOf(made_at)}, last used ${dayOf(used_at)}`;
  const text = {
    ready: `prepared: ${kept}`,
    likely: `prepared, unless tools or environment differ where it runs: ${kept}`,
    missing: 'not prepared: its first step runs the setup',
    off: 'not prepared: the cache is off, so the setup runs each time',
  }[state];
  return ['', `The next work order finds dependencies ${text}`];
}

const mibText = (bytes: number) => `${Math.max(1, Math.round(bytes / 1024 ** 2))} MiB`;
const dayOf = (time: string | null) => (time === null ? 'at an unknown time' : time.slice(0, 10));

/** What the commit contains for agents. */
export function assetLines({ trusted, name }: Project, { assets }: ProjectValuesView): string[] {
  if (assets === null) return [];
  const text = assetsText({ ...assets, leftOut: assets.left_out });
  return [
    '',
    trusted
      ? `Agents get from its base commit: ${text}`
      : `Its base commit has for agents: ${text}. They get it after \`moose project set ${name} --trusted\`.`,
    ...(assets.instructions.length === 0
      ? [`${withoutInstructions.found} ${withoutInstructions.advice}`]
      : []),
  ];
}

export function baseText({ base, default_branch, remote_url }: Project, values?: ProjectValuesView): string {
  if (base !== null) return base;
  const ofFile = values?.values.find(({ key, source }) => key === 'base' && source === 'file');
  if (ofFile) return `${ofFile.value} (from its file)`;
  if (remote_url === null) return 'what is checked out';
  return default_branch === null ? "the remote's default branch" : `${default_branch} (the remote's default)`;
}

export function valueLines({ commit, problem, values }: ProjectValuesView): string[] {
  const from = commit === null ? 'without the files of the repository' : `at ${commit.slice(0, 10)}`;
  return [
    '',
    `The next work order, ${from}:`,
    ...(problem === null ? [] : [`  ${problem}`]),
    ...table(
      ['  SETTING', 'VALUE', 'FROM'],
      values.map(({ key, value, source }) => [`  ${key}`, value, source]),
      widthMax,
    ),
  ];
}
