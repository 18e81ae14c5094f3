// A check lacks something that no change can provide: the failure goes to a person immediately, and names what is
// missing and the command that shows the full output (R-PROJ-7).

import { lineOfLack } from '../../../classifier/lack.ts';
import type { ConfigurationError, FailureClass } from '../../../domain/failure.ts';
import type { Step } from '../../../domain/transitions.ts';
import type { CheckResult } from '../../../domain/work-order/check.ts';
import type { Lack } from '../../../domain/work-order/seen-failure.ts';
import { shellWord } from '../../../stdx/text/shell-words.ts';
import type { Work } from '../../run/work.ts';
import { workplaceFailures } from '../failure-catalogue.ts';
import { lackFailures } from './lack-failure-catalogue.ts';

const againFrom = (step: Step) => `then \`moose retry ID --from ${step}\`. Full output: \`moose logs ID\`.`;

/** Whoever may write there decides what git runs for the person. */
const isOfGit = (path: string) => /(?:^|\/)(?:\.git|[^/]+\.git)(?:\/|$)/.test(path);

const raisedFor = {
  program: 'CHECK_PROGRAM_MISSING',
  disk: 'DISK_FULL',
  limit: 'CHECK_LIMIT_REACHED',
  path: 'CHECK_PATH_READ_ONLY',
  namespace: 'CHECK_NEEDS_NAMESPACES',
  memory: 'CHECK_KILLED',
  variable: 'CHECK_VARIABLE_MISSING',
  certificate: 'CHECK_CERTIFICATE_UNTRUSTED',
  package: 'CHECK_PACKAGE_MISSING',
  service: 'CHECK_SERVICE_DOWN',
  port: 'CHECK_PORT_TAKEN',
  login: 'CHECK_LOGIN_REFUSED',
  container: 'CHECK_CONTAINERS_MISSING',
  registry: 'CHECK_REGISTRY_AWAY',
  terminal: 'CHECK_NEEDS_TERMINAL',
  input: 'CHECK_NEEDS_INPUT',
  'shared memory': 'CHECK_SHARED_MEMORY_MISSING',
} as const satisfies Record<Lack['kind'], keyof typeof lackFailures>;

const called = (name: string) => name && `: ${name}`;

export function lackFailure(
  { order, project }: Work,
  result: CheckResult,
  lack: Lack,
  failureClass: FailureClass,
  metadata: Record<string, unknown>,
  step: Step = 'verifying',
): ConfigurationError {
  const { kind, name } = lack;
  const raised =
    kind === 'path' && isOfGit(name) ? ('CHECK_PATH_READ_ONLY_OF_GIT' as const) : raisedFor[kind];
  const facts = {
    operation: step === 'preparing' ? 'prepare' : 'verify',
    workOrderId: order.id,
    failureClass: failureClass === 'orchestration_error' ? failureClass : ('dependency_missing' as const),
    metadata: { ...metadata, lack: { kind, name } },
  };
  return lackFailures[raised](facts, {
    check: `${result.kind} check \`${result.command}\``,
    said: lineOfLack(result.outputTail, lack) ?? lastLine(result),
    again: againFrom(step),
    project: shellWord(project.name),
    name,
    called: called(name),
    ofName: name && ` of ${name}`,
    folder: name || '/folder',
  });
}

/** A failed setup that is not the change's fault: no later check can run. */
export function setupRedBefore(
  { order }: Work,
  result: CheckResult,
  metadata: Record<string, unknown>,
): ConfigurationError {
  return workplaceFailures.SETUP_RED_BEFORE(
    { operation: 'verify', workOrderId: order.id, metadata },
    { command: result.command, line: lastLine(result), again: againFrom('verifying') },
  );
}

/** A failed setup before any agent started: the base or this machine is at fault, and no change can help. */
export function setupFailure(
  { order, settings }: Work,
  result: CheckResult,
  metadata: Record<string, unknown>,
): ConfigurationError {
  const { stoppedBecause } = result;
  const isTooLong = stoppedBecause === 'timeout' || stoppedBecause === 'silent';
  const facts = { operation: 'prepare', workOrderId: order.id, metadata };
  const ended = howSetupEnded(result, settings.checkTimeLimitMs);
  const again = againFrom('preparing');
  return isTooLong
    ? workplaceFailures.SETUP_TIMED_OUT(facts, {
        command: result.command,
        ended,
        line: lastLine(result),
        again,
      })
    : workplaceFailures.SETUP_FAILED(facts, {
        command: result.command,
        ended,
        line: lastLine(result),
        again,
      });
}

function howSetupEnded({ stoppedBecause, signal, exitCode }: CheckResult, limitMs: number): string {
  if (stoppedBecause === 'timeout')
    return `did not end within ${Math.round(limitMs / 1_000)} s and was stopped`;
  if (stoppedBecause === 'silent') return 'wrote no output for too long and was stopped';
  if (stoppedBecause !== null) return `was stopped (${stoppedBecause})`;
  return signal === null ? `ended with exit code ${exitCode}` : `was killed by ${signal}`;
}

const saidCharsMax = 300;

function lastLine({ outputTail }: CheckResult): string {
  return outputTail.trim().split('\n').at(-1)?.slice(0, saidCharsMax) || 'no output';
}
