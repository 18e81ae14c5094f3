// The options that say what a work order is, of `moose run` and of `moose schedule add`.

import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { SubmissionBody } from '../../contract/contract.ts';
import { usdNumber } from '../../domain/money.ts';
import type { Asked } from '../../domain/work-order/asked.ts';
import { askedOf } from '../../domain/work-order/given-asked.ts';
import { parseCheck } from '../../engine/workplace/checks/parse-check.ts';
import { isRemoteAddress } from '../../git/remote/remote-address.ts';
import { cliFailures } from '../failure-catalogue.ts';
import { parseDuration } from './durations.ts';
import { parseLimit } from './parse-limit.ts';
import { readText } from './read-text.ts';
import { repositoryOf } from './repository-of.ts';

export interface AskedFlags {
  mayChangeTests?: boolean;
  needsTest?: boolean;
  maySkip: string[];
  removes: string[];
  mayChange: string[];
}

export interface SubmissionFlags extends AskedFlags {
  repo?: string;
  project?: string;
  base?: string;
  description?: string;
  acceptance?: string;
  agent: string[];
  model: string[];
  command?: string;
  check: string[];
  allowCi?: boolean;
  label: string[];
  limit?: string;
  timeLimit?: string;
  needsApproval?: boolean;
}

export const collect = (one: string, all: readonly string[]) => [...all, one];

export function addSubmissionFlags(command: Command): Command {
  const first = command
    .option('--repo <path|url>', 'the git repository, here or at a remote (default ".")')
    .option('--project <name>', 'a project, instead of --repo')
    .option('--base <branch>', "the branch to start from (default: the project's, or the repository's own)")
    .option('--description <text>', 'what to do; @FILE reads it from a file, @- from standard input')
    .option('--acceptance <text>', 'how to tell that it is done; @FILE reads it from a file')
    .option(
      '--agent <name>',
      'the agent that makes the change: patch, claude-code, codex, opencode, gemini-cli, qwen-code, pi, aider',
      collect,
      [],
    )
    .option('--model <provider/model>', 'the model to use', collect, [])
    .option(
      '--command <command>',
      "a shell command that makes the change instead of an agent, e.g. 'npm update'; no model is called",
    )
    .option('--check <kind=command>', "a check that must pass, e.g. test='npm test'; repeatable", collect, [])
    .option('--allow-ci', 'allow the change to touch CI and hook configuration');
  return addAskedFlags(first)
    .option(
      '--label <key=value>',
      'only a machine with this label runs it (`moose worker --label`); repeatable',
      collect,
      [],
    )
    .option('--limit <usd>', 'maximum total cost, in dollars')
    .option(
      '--time-limit <duration>',
      'maximum time for one run of the agent (default: that of the project, or 5m to 45m by agent)',
    )
    .option('--needs-approval', 'begin only after `moose approve`; no money is reserved before');
}

/** What may change beside the product. */
export function addAskedFlags(command: Command): Command {
  return command
    .option('--may-change-tests', 'the task asks to change tests: they may demand less, or something else')
    .option('--needs-test', 'the change must bring a test that fails without it')
    .option('--may-skip <name>', 'a test that the change may skip; repeatable', collect, [])
    .option(
      '--removes <name>',
      'what the task removes, by its name or path: its tests may go too; repeatable',
      collect,
      [],
    )
    .option(
      '--may-change <path>',
      'settings, scripts or a lock that the change may alter, e.g. tsconfig.json or "config/**"; repeatable',
      collect,
      [],
    );
}

type SubmissionFromFlags = {
  [Key in keyof SubmissionBody]: SubmissionBody[Key] | undefined;
} & { title: string };

export async function readSubmission(
  title: string,
  { bestOf, alsoIn = [], ...options }: SubmissionFlags & { bestOf?: number; alsoIn?: string[] },
  server: string | null,
  signal: AbortSignal,
): Promise<SubmissionFromFlags> {
  return {
    title,
    ...(options.project === undefined
      ? { repository_path: repositoryOf(options.repo ?? '.', server) }
      : { project: options.project, repository_path: options.repo }),
    ...(alsoIn.length === 0 ? {} : { also_in: alsoIn.map((given) => otherRepository(given, server)) }),
    base: options.base,
    description: options.description === undefined ? undefined : await readText(options.description, signal),
    acceptance: options.acceptance === undefined ? undefined : await readText(options.acceptance, signal),
    ...(bestOf === undefined
      ? { agent: oneOf('--agent', options.agent), model: oneOf('--model', options.model) }
      : { best_of: bestOf, agents: ifAny(options.agent), models: ifAny(options.model) }),
    command: options.command,
    // Only an admin may send checks, so none are sent if none were given.
    checks: ifAny(options.check)?.map(checkOf),
    allow_ci_changes: options.allowCi,
    asked: askedIn(options),
    labels: ifAny(options.label),
    needs_approval: options.needsApproval,
    limit_usd: options.limit === undefined ? undefined : usdNumber(parseLimit(options.limit)),
    time_limit_ms: options.timeLimit === undefined ? undefined : parseDuration(options.timeLimit),
  };
}

/** @throws PermanentError of a check that cannot be read */
export function checkOf(given: string): { kind: string; command: string } {
  const { kind, command } = parseCheck(given);
  return { kind, command };
}

const ifAny = <One>(all: One[]): One[] | undefined => (all.length === 0 ? undefined : all);

/** Undefined if nothing is asked. */
export function askedIn(flags: Partial<AskedFlags>): Asked | undefined {
  return askedOf({
    tests: flags.mayChangeTests ? 'may_change' : 'keep',
    needs_test: flags.needsTest,
    skips: flags.maySkip,
    removes: flags.removes,
    configuration: flags.mayChange,
  });
}

/** A folder or an address is a repository; anything else is the name of a project. */
function otherRepository(given: string, server: string | null) {
  const isPlace = isRemoteAddress(given) || /[/\\]|^\.{1,2}$/.test(given) || existsSync(given);
  return isPlace ? { repository_path: repositoryOf(given, server) } : { project: given };
}

/** @throws PermanentError `OPTION_REPEATED` */
function oneOf(flag: string, given: readonly string[]): string | undefined {
  if (given.length < 2) return given[0];
  throw cliFailures.OPTION_REPEATED('read options', { flag, givenCount: given.length });
}
