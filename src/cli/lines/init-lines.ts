// Formats the output of `moose init` for a person.

import { egressAdvice, refusedText } from '../../domain/machine/egress.ts';
import { spokenDuration } from '../../domain/text/duration.ts';
import type { DaemonProof, Proof } from '../../engine/workplace/proof/proof-request.ts';
import type { ProposedDaemon } from '../../finder/find-database.ts';
import type { NamedRegistry } from '../../finder/named-registries.ts';
import type { ProposedCommand } from '../../finder/propose-project.ts';
import type { InitGround } from '../context.ts';
import { table } from '../terminal/table.ts';

const widthMax = 160;

export function proposalLines(commands: readonly ProposedCommand[]): string[] {
  if (commands.length === 0)
    return [
      'Moose found no command that installs or checks this project.',
      'Write the commands into .moose/config.yml yourself: without a check, no change is verified.',
    ];
  return table(
    ['KIND', 'COMMAND', 'WHY'],
    commands.map(({ kind, command, why }) => [kind, command, why]),
    widthMax,
  );
}

export function hostLines(hosts: readonly NamedRegistry[]): string[] {
  return hosts.map(
    ({ host, isPrivate, source }) =>
      `Proposed host: ${host}, which ${source} names${isPrivate ? ', at a private address' : ''}.`,
  );
}

export function daemonLine({ name, source }: ProposedDaemon): string {
  return `Proposed service: ${name}, without a container, because ${source} names it.`;
}

export function readyLine({ service, isReady, durationMs, outputTail }: DaemonProof): string {
  if (isReady) return `ready     service: ${service.name} (${spokenDuration(durationMs)})`;
  const last = outputTail.trim().split('\n').at(-1) ?? '';
  return `FAILED    service: ${service.name} is not ready after ${spokenDuration(durationMs)}: ${last}`;
}

export function agentLine(agents: Awaited<ReturnType<InitGround['agents']>>, chosen: string | null): string {
  const installed = agents.filter(({ name, isInstalled }) => isInstalled && name !== 'patch');
  const names = installed.map(({ name, version }) => (version === null ? name : `${name} ${version}`));
  if (names.length === 0) return "Installed agents: none; Moose's own agent, patch, needs no program.";
  return `Installed agents: ${names.join(', ')}.${chosen === null ? '' : ` Proposed: ${chosen}.`}`;
}

const marks = { passed: 'passed', failed: 'FAILED', timed_out: 'TIMED OUT', not_run: 'not run' } as const;

export function proofLine({ command, outcome, durationMs, exitCode, refused }: Proof): string {
  const took = outcome === 'not_run' ? 'a setup command failed before it' : spokenDuration(durationMs);
  const code = outcome === 'failed' && exitCode !== null ? `, exit code ${exitCode}` : '';
  return `${marks[outcome].padEnd(9)} ${command.kind}: ${command.command} (${took}${code})${refused.length === 0 ? '' : `; refused: ${refusedText(refused)}; to allow it: ${egressAdvice(refused, { project: 'NAME' })}`}`;
}

/** Why a command is not in effect in the new file; null if it is. */
export function leftOutBecause(
  { isCertain }: Pick<ProposedCommand, 'isCertain'>,
  proof: Pick<Proof, 'outcome'> | undefined,
): string | null {
  if (proof === undefined) return isCertain ? null : 'it is not tried yet: run `moose init --prove`';
  if (proof.outcome === 'passed') return null;
  return proof.outcome === 'failed'
    ? 'it fails on this commit'
    : proof.outcome === 'timed_out'
      ? 'it took too long'
      : 'it was not run';
}

/** Why a daemon is not in effect in the new file; null if it is. */
export function daemonLeftOut(proof: Pick<DaemonProof, 'isReady'> | undefined): string | null {
  if (proof === undefined) return 'it is not tried yet: run `moose init --prove`';
  return proof.isReady ? null : 'it did not become ready here';
}
