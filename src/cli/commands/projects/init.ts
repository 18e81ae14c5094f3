import type { Command } from 'commander';
import type { ProjectConfig } from '../../../config-file/config-schema.ts';
import { daemonsOf } from '../../../config-file/daemon-order.ts';
import { configPath } from '../../../config-file/invalid-config.ts';
import { configText } from '../../../config-file/write-config.ts';
import type { PrintedInit } from '../../../contract/projects/init.ts';
import { withoutInstructions } from '../../../domain/agents/agent-assets.ts';
import { isMooseError } from '../../../domain/failure.ts';
import { refusedText } from '../../../domain/machine/egress.ts';
import { unconfirmedHosts } from '../../../domain/machine/egress-consent.ts';
import { defaultsOfAgent, preferredAgent } from '../../../engine/policy/agent-defaults.ts';
import { configAt } from '../../../engine/policy/config-at.ts';
import { projectFilesAt } from '../../../engine/policy/project-files-at.ts';
import { findAssets } from '../../../engine/run/assets/find-assets.ts';
import { findCopiedFiles } from '../../../engine/run/copied-files.ts';
import { keepProofs, keptProofs } from '../../../engine/workplace/proof/kept-proofs.ts';
import type { DaemonProof, Proof } from '../../../engine/workplace/proof/proof-request.ts';
import { proveCommands } from '../../../engine/workplace/proof/prove-commands.ts';
import { findDatabase, type ProposedDaemon } from '../../../finder/find-database.ts';
import { type NamedRegistry, namedRegistries } from '../../../finder/named-registries.ts';
import { type ProposedCommand, proposeProject } from '../../../finder/propose-project.ts';
import { inspectRepository } from '../../../git/refs/repository.ts';
import { lineDiff } from '../../../stdx/text/line-diff.ts';
import type { CliContext, InitGround } from '../../context.ts';
import { exitCodes } from '../../exit-codes.ts';
import { cliFailures } from '../../failure-catalogue.ts';
import { flagsOf } from '../../input/flags.ts';
import {
  agentLine,
  daemonLeftOut,
  daemonLine,
  hostLines,
  leftOutBecause,
  proofLine,
  proposalLines,
  readyLine,
} from '../../lines/init-lines.ts';
import { askYesNo } from '../../terminal/confirm.ts';
import type { Printer } from '../../terminal/printer.ts';
import { existingConfig, writeConfig } from '../../write-project-config.ts';

interface InitFlags {
  write?: true;
  prove?: boolean;
  force?: true;
  yes?: true;
}

interface Init {
  context: CliContext;
  ground: InitGround;
  printer: Printer;
  flags: InitFlags;
  root: string;
  headSha: string;
}

type Proven = Proof<ProposedCommand>;

export function addInit(program: Command, context: CliContext): void {
  program
    .command('init [path]')
    .description('find how a project is set up and checked, prove it, and write .moose/config.yml')
    .option('--write', 'write the file; an existing one is kept')
    .option('--force', 'replace an existing file')
    .option('--prove', 'run setup and checks on a clean checkout of the last commit')
    .option('--no-prove', 'do not run setup and checks, and do not ask')
    .option('-y, --yes', 'prove and write without asking')
    .action(async (path: string | undefined, flags: InitFlags, command: Command) => {
      const common = flagsOf(command);
      const printer = context.printer(common.json);
      const ground = await context.init(common);
      const { root, headSha, isDirty } = await inspectRepository(path ?? process.cwd(), {
        signal: context.signal,
      });
      if (isDirty) printer.note('Uncommitted changes are left out: Moose works on commits.');
      await init({ context, ground, printer, flags, root, headSha });
    });
}

async function init(given: Init): Promise<void> {
  const { context, ground, printer, root, headSha } = given;
  const before = await existingConfig(root);
  const files = await projectFilesAt(root, headSha, context.signal);
  const [commands, hosts] = [proposeProject(files), namedRegistries(files)];
  const agents = await ground.agents();
  const chosen = preferredAgent(agents.filter(({ isInstalled }) => isInstalled).map(({ name }) => name));
  const database = findDatabase(files);
  const { instructions } = await findAssets(root, headSha, { signal: context.signal });
  const about = [
    ...hostLines(hosts),
    ...(database ? [daemonLine(database)] : []),
    ...(instructions.size === 0 ? [`${withoutInstructions.found} ${withoutInstructions.advice}`] : []),
  ];
  for (const line of [...proposalLines(commands), ...about, '', agentLine(agents, chosen)])
    printer.note(line);
  const found = { commands, hosts, database };
  const { proofs, ready } = (await keptOf(given, found)) ?? (await provenNow(given, found));
  const text = textOf(found, proofs, ready, agents, chosen);
  const isWritten = await write(given, before, text);
  const document: PrintedInit = {
    repository_path: root,
    head_sha: headSha,
    commands: commands.map((each) => printed(each, proofs)),
    hosts: hosts.map(({ host, isPrivate, source }) => ({ host, is_private: isPrivate, source })),
    services: database ? [printedDaemon(database, ready)] : [],
    agents: agents.map(({ name, isInstalled, version }) => ({ name, is_installed: isInstalled, version })),
    agent: chosen,
    config: text,
    is_written: isWritten,
  };
  printer.print(document, () => [
    ...endLines({ isWritten, before, text }),
    ...leftOutLines(found, proofs, ready),
  ]);
  const isProven = proofs.every(({ outcome }) => outcome === 'passed') && ready?.isReady !== false;
  if (!isProven) process.exitCode = exitCodes.failed;
}

/** The proof of an earlier call on this commit, unless a new one was asked for. */
async function keptOf(
  { ground, printer, flags, headSha }: Init,
  { commands, database }: FoundProject,
): Promise<Proved | null> {
  if (flags.prove === true) return null;
  const kept = await keptProofs(ground.settings.dataDirectory, headSha, commands);
  if (kept === null) return null;
  printer.note(`Setup and checks were run on this commit before, at ${kept.provenAt}:`);
  for (const proof of kept.proofs) printer.note(proofLine(proof));
  const ready = database ? (kept.isReady(database) ?? undefined) : undefined;
  return { proofs: kept.proofs, ready };
}

async function provenNow(given: Init, found: FoundProject): Promise<Proved> {
  if (!(await wantsProof(given, found.commands))) return { proofs: [], ready: undefined };
  return prove(given, found);
}

async function wantsProof(
  { context, printer, flags }: Init,
  commands: readonly ProposedCommand[],
): Promise<boolean> {
  if (commands.length === 0) return false;
  if (flags.prove !== undefined) return flags.prove;
  if (flags.yes) return true;
  return (
    !printer.isJson && askYesNo('Run setup and checks on a clean checkout, to prove them?', context.signal)
  );
}

interface Proved {
  proofs: Proven[];
  ready: Ready | undefined;
}

/** Whether the proposed service became ready. */
type Ready = Pick<DaemonProof, 'isReady' | 'durationMs' | 'outputTail'>;

interface FoundProject {
  commands: readonly ProposedCommand[];
  hosts: readonly NamedRegistry[];
  database: ProposedDaemon | null;
}

async function prove(
  { context, ground, printer, root, headSha }: Init,
  { commands, hosts, database }: FoundProject,
): Promise<Proved> {
  const { settings, ownPorts } = ground;
  const file = await orWithoutFile(async () => configAt(root, headSha));
  const named = hosts.map(({ host, isPrivate }) => ({ host, private: isPrivate }));
  const egress = [...(file?.egress ?? []), ...named];
  const asked = unconfirmedHosts({ egress }, {}).private;
  const mayReach =
    asked.length > 0 &&
    (await askYesNo(
      `Let setup and checks reach ${asked.join(', ')}, also at private addresses, while they are proven?`,
      context.signal,
    ));
  const privateHosts = mayReach ? asked : undefined;
  const copied = await orWithoutFile(() => copiedAt(root, headSha));
  const daemons: DaemonProof[] = [];
  const proofs = await proveCommands(
    { settings, ownPorts, signal: context.signal },
    {
      repositoryPath: root,
      sha: headSha,
      commands,
      egress,
      privateHosts,
      copied,
      container: file?.container,
      environment: { ...database?.environment, ...file?.environment },
      services: daemonsOf(file?.services ? file : { services: proposedDaemons(database) }),
      onDaemon: (proof) => {
        daemons.push(proof);
        printer.note(readyLine(proof));
      },
      onStart: ({ kind, command }) => printer.note(`Running ${kind}: ${command}`),
      onOutput: (text) => {
        for (const line of text.split('\n')) if (line.trim() !== '') printer.note(`    ${line}`);
      },
      onEnd: (proof) => printer.note(proofLine(proof)),
    },
  );
  await keepProofs(settings.dataDirectory, headSha, { proofs, daemons, now: new Date() });
  return { proofs, ready: daemons.find(({ service }) => service.name === database?.name) };
}

function proposedDaemons(database: ProposedDaemon | null): NonNullable<ProjectConfig['services']> {
  if (database === null) return {};
  const { name, command, log } = database;
  return { [name]: { command, ready: { log } } };
}

/** Undefined if the file is unusable, because it is about to be replaced. */
async function orWithoutFile<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (cause) {
    if (isMooseError(cause) && cause.code === 'PROJECT_CONFIG_INVALID') return undefined;
    throw cause;
  }
}

/** As for a work order of a local project. */
function copiedAt(root: string, commit: string) {
  const project = { repositoryPath: root, remoteUrl: null, settings: {} };
  return findCopiedFiles({ project, commit });
}

function textOf(
  { commands, hosts, database }: FoundProject,
  proofs: readonly Proven[],
  ready: Ready | undefined,
  agents: Awaited<ReturnType<InitGround['agents']>>,
  chosen: string | null,
): string {
  const installed = agents.filter(({ name, isInstalled }) => isInstalled && name !== 'patch');
  return configText(
    commands.map((each) => ({ ...each, leftOutBecause: leftOutBecause(each, proofOf(each, proofs)) })),
    installed.map(({ name }) => ({ name, isChosen: name === chosen, ...defaultsOfAgent(name) })),
    hosts,
    database ? [{ ...database, leftOutBecause: daemonLeftOut(ready) }] : [],
  );
}

function proofOf(command: ProposedCommand, proofs: readonly Proven[]): Proven | undefined {
  return proofs.find((proof) => proof.command === command);
}

/** Returns whether the file was written. @throws PermanentError `PROJECT_CONFIG_EXISTS` */
async function write(
  { context, printer, flags, root }: Init,
  before: string | null,
  text: string,
): Promise<boolean> {
  if (before === text) return false;
  const isAsked = flags.write === true || flags.yes === true || flags.force === true;
  if (before !== null && !flags.force) {
    for (const line of [`${configPath} exists. What would change:`, ...lineDiff(before, text)])
      printer.note(line);
    if (!isAsked) return false;
    throw cliFailures.PROJECT_CONFIG_EXISTS('init', { configPath });
  }
  if (!isAsked) {
    for (const line of [
      '',
      ...text
        .trimEnd()
        .split('\n')
        .map((each) => `    ${each}`),
      '',
    ])
      printer.note(line);
    if (printer.isJson || !(await askYesNo(`Write this to ${configPath}?`, context.signal))) return false;
  }
  await writeConfig(root, text, { mayReplace: flags.force === true });
  return true;
}

function printed(command: ProposedCommand, proofs: readonly Proven[]): PrintedInit['commands'][number] {
  const { kind, source, why, isCertain, dependsOn } = command;
  const proof = proofOf(command, proofs);
  return {
    kind,
    command: command.command,
    source,
    why,
    is_certain: isCertain,
    depends_on: [...dependsOn],
    proof: proof
      ? {
          outcome: proof.outcome,
          duration_ms: proof.durationMs,
          exit_code: proof.exitCode,
          isolation: proof.isolation,
          output_tail: proof.outputTail,
          refused: proof.refused.length === 0 ? null : refusedText(proof.refused),
        }
      : null,
  };
}

function printedDaemon(
  { name, command, source }: ProposedDaemon,
  proof: Ready | undefined,
): PrintedInit['services'][number] {
  return {
    name,
    command,
    source,
    proof: proof
      ? { is_ready: proof.isReady, duration_ms: Math.round(proof.durationMs), output_tail: proof.outputTail }
      : null,
  };
}

function endLines(given: { isWritten: boolean; before: string | null; text: string }): string[] {
  if (given.isWritten) return [`Wrote ${configPath}. Read it, then commit it: Moose reads it from commits.`];
  if (given.before === given.text) return [`${configPath} is up to date.`];
  return [`Nothing was written. \`moose init --write\` writes ${configPath}.`];
}

/** What the file holds only as a comment, which no work order will run. */
function leftOutLines(
  { commands, database }: FoundProject,
  proofs: readonly Proven[],
  ready: Ready | undefined,
): string[] {
  const left = [
    ...commands.map((each) => ({
      what: `${each.kind} \`${each.command}\``,
      because: leftOutBecause(each, proofOf(each, proofs)),
    })),
    ...(database ? [{ what: `service ${database.name}`, because: daemonLeftOut(ready) }] : []),
  ];
  return left.flatMap(({ what, because }) =>
    because === null ? [] : [`Commented out: ${what}, because ${because}.`],
  );
}
