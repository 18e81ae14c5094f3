// Runs a project's checks on a tree for a merge: no run of the work order is open then, so nothing is recorded of it but
// the result (R-GREEN-11).
import { classifyCheck } from '../../../../classifier/classify.ts';
import { seenIn } from '../../../../classifier/lack.ts';
import type { CheckResult } from '../../../../domain/work-order/check.ts';
import type { RedCheck } from '../../../../domain/work-order/together.ts';
import type { Clock } from '../../../../stdx/clock.ts';
import type { Database } from '../../../../store/database.ts';
import { findCheckedTree, keepCheckedTree } from '../../../../store/work/projects/checked-trees.ts';
import type { WorkOrder } from '../../../../store/work/work-orders/work-orders.ts';
import { configAt } from '../../../policy/config-at.ts';
import type { EngineSettings } from '../../../policy/engine-settings.ts';
import type { ProjectSecrets } from '../../../policy/secrets/project-secrets.ts';
import { findCopiedFiles, marksOf } from '../../../run/copied-files.ts';
import type { ProjectHere } from '../../../run/project-here.ts';
import { checkKeyOf } from '../../../run/together/check-with-others.ts';
import type { CheckTree } from '../../../run/together/judge-together.ts';
import { checkPlan } from '../../../workplace/checks/project-checks.ts';
import type { Proof } from '../../../workplace/proof/proof-request.ts';
import { proveCommands } from '../../../workplace/proof/prove-commands.ts';
import { variablesMark } from '../../../workplace/sessions/session-variables.ts';
import { isOfMachine } from './verify-together.ts';

export interface ProveDeps {
  database: Database;
  clock: Clock;
  settings: EngineSettings;
  secrets: ProjectSecrets;
  ownPorts(): Promise<readonly number[]>;
  signal: AbortSignal;
}

export interface ProvedChange {
  project: ProjectHere;
  order: Pick<WorkOrder, 'settings'>;
  baseSha: string;
  /** The commands that passed on the change alone. */
  passed: ReadonlySet<string>;
}

export async function provingTree(
  { database, clock, settings, secrets, ownPorts, signal }: ProveDeps,
  { project, order, baseSha, passed }: ProvedChange,
): Promise<CheckTree> {
  const { repositoryPath } = project;
  const plan = await checkPlan({ project, settings, order, signal, secrets }, baseSha);
  const file = await configAt(repositoryPath, baseSha, signal);
  const copied = await findCopiedFiles({ project, commit: baseSha, signal });
  const checkKey = checkKeyOf({
    commands: plan.checks.map(({ command }) => command),
    environment: plan.environment,
    marks: [
      ...(await variablesMark({ secrets, project, signal })),
      ...(copied === null ? [] : marksOf(copied)),
      ...(file?.container ? [file.container.image] : []),
    ],
  });
  return async ({ sha, treeSha }) => {
    const key = { projectId: project.id, treeSha, checkKey };
    const known = await database.run((query) => findCheckedTree(query, key), signal);
    if (known !== undefined) return { red: known, isNew: false };
    const proofs = await proveCommands(
      { settings, ownPorts, signal },
      {
        repositoryPath,
        sha,
        commands: plan.checks,
        environment: plan.environment,
        egress: plan.egress,
        container: file?.container,
        privateHosts: project.settings.private_hosts,
        services: plan.services,
        copied,
      },
    );
    const red = redOf(proofs, passed);
    if (red !== undefined)
      await database.run((query) => keepCheckedTree(query, key, { red, checkedAt: clock.now() }));
    return { red, isNew: true };
  };
}

/** Undefined if the machine failed. */
function redOf(proofs: readonly Proof[], passed: ReadonlySet<string>): RedCheck | null | undefined {
  for (const proof of proofs) {
    const { command, outcome, exitCode, outputTail, durationMs } = proof;
    if (outcome === 'passed' || (command.kind !== 'setup' && !passed.has(command.command))) continue;
    if (outcome === 'not_run') return undefined;
    const result: CheckResult = {
      kind: command.kind,
      command: command.command,
      passed: false,
      exitCode,
      signal: null,
      stoppedBecause: outcome === 'timed_out' ? 'timeout' : null,
      durationMs,
      outputTail,
    };
    const { lack, testNames } = seenIn(result, '', classifyCheck(result));
    if (isOfMachine(result, lack)) return undefined;
    return {
      kind: command.kind,
      command: command.command,
      exitCode,
      outputTail,
      durationMs,
      tests: testNames,
    };
  }
  return null;
}
