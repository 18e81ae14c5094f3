// How a change of a project is prepared, checked and judged.
import { z } from 'zod';
import type { GivenDaemon } from '../machine/daemon.ts';
import { type Check, type CheckKind, checkKinds } from '../work-order/check.ts';
import { type TogetherMode, togetherModes } from '../work-order/together.ts';
import { isLaxer, type VerifyLevel, verifyLevels } from '../work-order/verify-level.ts';
import { choice, list, type ProjectSetting, text } from './kinds.ts';

const card = 'Reviewer, setup and services';
const commandCharsMax = 10_000;
const command = z
  .string()
  .trim()
  .min(1)
  .max(commandCharsMax)
  .refine((text) => !text.includes('\0'), 'Must not contain a NUL character');

interface GivenCheck {
  kind: CheckKind;
  command: string;
}

const checks: ProjectSetting<GivenCheck[], Array<{ kind: string; command: string }> | null, Check[]> = {
  kind: 'checks',
  schema: z.array(z.object({ kind: z.enum(checkKinds), command })).max(20),
  shown: z.array(z.object({ kind: z.string(), command: z.string() })).nullable(),
  show: (stored) => stored?.map(({ kind, command }) => ({ kind, command })) ?? null,
  store: (given) => given.map((each) => ({ ...each, source: 'given' })),
  means:
    'Shell commands that every change must pass, which run on the machine that runs Moose; null: those of the repository.',
  file: 'checks',
  line: 'checks',
  unset: 'those of the repository',
  flag: '--check <kind=command>',
  unsetBy: 'none',
  help: 'a check that every change must pass, e.g. test=\'npm test\'; repeatable; "none": those of the repository',
};

/** Whether the map is a valid one, the engine says. */
const daemons: ProjectSetting<
  Record<string, unknown>,
  Record<string, unknown> | null,
  Record<string, GivenDaemon>
> = {
  kind: 'services',
  schema: z.record(z.string(), z.unknown()),
  shown: z.record(z.string(), z.unknown()).nullable(),
  show: (stored) => stored ?? null,
  store: (given) => given as Record<string, GivenDaemon>,
  means: 'Its services, as in .moose/config.yml; empty: none; null: those of the repository.',
  file: 'services',
  line: 'services',
  unset: 'those of the repository',
  flag: '--services <yaml>',
  unsetBy: 'repository',
  emptyBy: 'none',
  help: 'programs that run beside agents and checks, in the format of services: in .moose/config.yml; @FILE reads them from a file; "none": no service; "repository": the services of the repository',
  form: {
    card,
    label: 'Services',
    help: 'As under services: in .moose/config.yml, in JSON, such as {"db": {"command": "…", "ready": {"port": 5432}}}, or none. Empty: those of the repository.',
  },
};

export const checking = {
  reviewer: text({
    means:
      'The model that reviews each change; `none`: nobody; null: the model that .moose/config.yml or the settings name.',
    file: 'reviewer',
    line: 'reviewer',
    unset: 'the one in .moose/config.yml or the settings',
    flag: '--reviewer <provider/model>',
    unsetBy: 'default',
    help: 'model that reviews each change; "none": no reviewer; "default": the reviewer in .moose/config.yml or the settings',
    form: {
      card,
      label: 'Reviewer',
      help: 'The model that reviews each change, such as anthropic/claude-sonnet-4-5, or none. Empty: as .moose/config.yml or the settings say.',
    },
  }),
  checks,
  setup: list({
    kind: 'commands',
    entry: command,
    most: 50,
    means: 'Shell commands that install what it needs; empty: none; null: those of the repository.',
    file: 'setup',
    line: 'setup',
    unset: 'those of the repository',
    flag: '--setup <command>',
    unsetBy: 'repository',
    emptyBy: 'none',
    help: 'command that installs what the project needs, instead of the setup commands of the repository; repeatable; "none": no command; "repository": the commands of the repository',
    form: {
      card,
      label: 'Setup',
      help: 'One command per line, or none. Empty: those of the repository. They run on the machine that runs Moose.',
    },
  }),
  services: daemons,
  files: list({
    kind: 'list',
    most: 100,
    means:
      'Patterns of ignored files to copy into worktrees, instead of those that the repository names; empty: none; null: those that the repository names.',
    file: 'files',
    flag: '--file <pattern>',
    unsetBy: 'repository',
    emptyBy: 'none',
    help: 'files that git ignores to copy from the checkout into worktrees, where agents can read them; repeatable; "none": no file; "repository": the files that the repository lists',
    person: {
      may: 'add patterns',
      widens: (next, _, project) =>
        next?.length === 0 ? null : `choosing which ignored files of ${project} its agents can read`,
    },
  }),
  verify: choice<VerifyLevel>({
    choices: verifyLevels,
    means: 'How a change with green checks is judged; null: as .moose/config.yml says, otherwise `standard`.',
    file: 'verify',
    line: 'verify',
    unset: 'as .moose/config.yml says, otherwise standard',
    words: {
      strict: 'strict: refuse all that weakens the checks',
      standard: 'standard',
      'checks-only': 'checks only: exit codes decide',
    },
    flag: '--verify <level>',
    unsetBy: 'repository',
    help: 'how a change with green checks is judged: standard, strict (refuse all that weakens the checks) or checks-only (only exit codes decide); "repository": as .moose/config.yml says, otherwise standard',
    person: {
      may: 'make it less strict',
      /** Null leaves it to the repository, which may name any level: then only `strict` cannot be less strict. */
      widens: (next, now, project) => {
        if (next === now) return null;
        const isWider = next === null ? now !== 'checks-only' : isLaxer(next, now ?? 'strict');
        return isWider ? `judging the changes of ${project} less strictly` : null;
      },
    },
    form: {
      card: 'Verification',
      label: 'When checks are green',
      help: 'Standard runs checks again with the tests of the base, and refuses a change that is green only because it alters what judges it.',
    },
  }),
  together: choice<TogetherMode>({
    choices: togetherModes,
    means:
      'With which open changes its changes are checked before they are published or merged; null: .moose/config.yml or the setting decides.',
    file: 'together',
    unset: 'as .moose/config.yml or the setting says',
    words: {
      likely: 'those that something connects with it',
      all: 'all open changes of the project',
      off: 'none',
    },
    flag: '--together <mode>',
    unsetBy: 'none',
    help: 'with which open changes a change is checked before it is published or merged: likely (those that something connects with it), all or off; "none": use .moose/config.yml or the setting',
    form: {
      card: 'Verification',
      label: 'Checked together with',
      help: 'Before a change is published or merged, its checks run on the newest base with these other changes.',
    },
  }),
};
