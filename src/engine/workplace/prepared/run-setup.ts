// Runs a project's setup in a worktree, in sessions like those of checks. A setup that fails here is not an agent's
// fault: it is retried if that may help, and otherwise goes to a person with what is missing (R-PROJ-7).

import { classifyCheck } from '../../../classifier/classify.ts';
import { seenIn } from '../../../classifier/lack.ts';
import type { FailureClass, MooseError, TransientError } from '../../../domain/failure.ts';
import type { Step } from '../../../domain/transitions.ts';
import { wasKilled } from '../../../domain/work-order/check.ts';
import { shownEnvironment } from '../../errors/reproduce/recipe.ts';
import { recoveryContext } from '../../run/recovery-context.ts';
import type { Work } from '../../run/work.ts';
import { lackFailure, setupFailure } from '../checks/check-lacks.ts';
import { networkOf } from '../checks/check-network.ts';
import { egressRefused } from '../checks/egress-refused.ts';
import { type RanCheck, runCheck } from '../checks/run-check.ts';
import { workplaceFailures } from '../failure-catalogue.ts';
import { limitFailure } from '../sessions/passed-limit.ts';
import type { Preparation } from './preparation.ts';
import { freshIgnored } from './put-files.ts';

export interface SetupRun {
  worktreePath: string;
  /** The prefix of the sessions' names. */
  names: string;
  step: Extract<Step, 'preparing' | 'applying'>;
  treeSha: string;
  baseSha: string;
}

/** @throws MooseError the failure of the first command that fails */
export async function runSetup(work: Work, { setup, copied }: Preparation, run: SetupRun): Promise<void> {
  for (const [index, check] of setup.entries()) {
    const ran = await runCheck(work, {
      check,
      name: `${run.names}${index + 1}-setup`,
      cwd: run.worktreePath,
      argv: ['sh', '-c', check.command],
      network: networkOf(work, [check], setup),
      event: 'check.finished',
      treeSha: run.treeSha,
      stands: async ({ exitCode }) => exitCode === 0,
      // Files that an agent or an interrupted setup left there are not part of the result.
      ...(index === 0 ? { beforeStart: () => freshIgnored(work, run.worktreePath, copied) } : {}),
    });
    if (!ran.result.passed)
      throw await failureOf(work, run, ran, { setup: setup.slice(0, index + 1), copied });
  }
}

async function failureOf(
  work: Work,
  run: SetupRun,
  ran: RanCheck,
  { setup, copied }: Pick<Preparation, 'setup' | 'copied'>,
): Promise<MooseError> {
  const { check: _, result, session, ...told } = ran;
  const classification = classifyCheck(result);
  const { lack } = seenIn(result, run.worktreePath, classification);
  const { rule, confidence, context, retryable, category } = classification;
  const recipe = {
    kind: 'check',
    baseSha: run.baseSha,
    treeSha: run.treeSha,
    commands: setup.map(({ command }) => command),
    stoppedBecause: result.stoppedBecause,
    environment: { ...shownEnvironment(work.settings.checkEnvironment), ...work.checkVariables },
    ...(copied === null ? {} : { copied: copied.files.map(({ path }) => path) }),
  };
  const metadata = { rule, confidence, context, ...told, recipe };
  const limited = limitFailure(work, {
    reason: result.stoppedBecause,
    what: `setup "${result.command}"`,
    step: run.step,
    ...session,
    metadata,
  });
  if (limited !== null) return limited;
  // Checked first: however the program reacted, the same host will be refused again next time.
  if (ran.refused && result.stoppedBecause === null)
    return egressRefused(work, result, ran.refused, metadata, 'preparing');
  if (result.stoppedBecause === null && retryable && category === 'transient') {
    const interrupted = interruptedBy(work, ran, classification.failureClass, metadata);
    const isAgain = await mayRepeat(work, run.step, interrupted);
    if (isAgain) return interrupted;
  }
  const missing = lack ?? (wasKilled(result) ? { kind: 'memory' as const, name: '' } : null);
  if (missing === null || result.stoppedBecause !== null) return setupFailure(work, result, metadata);
  return lackFailure(work, result, missing, classification.failureClass, metadata, 'preparing');
}

async function mayRepeat(work: Work, step: SetupRun['step'], failure: MooseError): Promise<boolean> {
  return work.recovery.handleError(failure, await recoveryContext(work, step, failure.code)).act === 'retry';
}

function interruptedBy(
  { order }: Work,
  { result }: RanCheck,
  failureClass: FailureClass,
  metadata: Record<string, unknown>,
): TransientError {
  return workplaceFailures.SETUP_INTERRUPTED(
    { operation: 'prepare', workOrderId: order.id, metadata, failureClass },
    { command: result.command },
  );
}
