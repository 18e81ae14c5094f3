// The failures of a service that does not start, or ends early: they never blame the change, so no model is paid for
// them (R-PROJ-7).

import type { ConfigurationError, TransientError } from '../../../domain/failure.ts';
import type { Daemon } from '../../../domain/machine/daemon.ts';
import { isEndUnknown, type SessionEnd } from '../../../domain/machine/session.ts';
import type { Step } from '../../../domain/transitions.ts';
import { readOutput } from '../../../sessions/read-output.ts';
import type { SessionRow } from '../../../store/work/sessions/session-rows.ts';
import { sessionEvidence } from '../../errors/session-evidence.ts';
import type { Work } from '../../run/work.ts';
import { workplaceFailures } from '../failure-catalogue.ts';
import { endOf } from '../sessions/recorded-session.ts';

const tailBytesMax = 4 * 1024;
const linesShownMax = 5;
const lineCharsMax = 300;

/** What went wrong, and what a person can do about it. */
export interface Trouble {
  what: string;
  advice: string;
}

export async function notReady(
  { order }: Work,
  { name, command }: Pick<Daemon, 'name' | 'command'>,
  step: Step,
  { what, advice }: Trouble,
  session: SessionRow | null,
): Promise<ConfigurationError> {
  const said = session === null ? '' : await lastLines(session);
  return workplaceFailures.SERVICE_NOT_READY(
    {
      operation: 'start service',
      workOrderId: order.id,
      metadata: {
        service: name,
        ...(session && {
          sessionId: session.id,
          process: await sessionEvidence(session.directory, command, endOf(session)),
        }),
      },
    },
    { name, what, said: said && ` (${said})`, advice, step },
  );
}

/** The failure of a check or an agent while a service was down: nothing is known about the change. */
export async function died(
  { order }: Work,
  { name, command }: Pick<Daemon, 'name' | 'command'>,
  step: Step,
  {
    session,
    end,
    sessionId = session.id,
  }: { session: SessionRow; end: SessionEnd; sessionId?: string | undefined },
): Promise<TransientError> {
  const said = await lastLines(session);
  return workplaceFailures.SERVICE_DIED(
    {
      operation: 'verify',
      workOrderId: order.id,
      metadata: {
        service: name,
        sessionId,
        serviceSessionId: session.id,
        process: await sessionEvidence(session.directory, command, end),
      },
    },
    { name, how: howItEnded(end), step, said: said && ` (${said})` },
  );
}

export function howItEnded(end: SessionEnd): string {
  const { exitCode, signal, reason } = end;
  if (reason === 'output_limit') return 'wrote too much output and was stopped';
  if (reason === 'out_of_memory') return 'used more memory than its session may and was ended';
  if (reason === 'process_limit') return 'started more processes than its session may and was ended';
  if (reason !== null && !isEndUnknown(end)) return `was stopped (${reason})`;
  if (signal !== null) return `was killed by ${signal}`;
  return exitCode === null ? 'died' : `ended with exit code ${exitCode}`;
}

async function lastLines({ directory }: SessionRow): Promise<string> {
  const { stdout, stderr } = await readOutput(directory, tailBytesMax);
  const lines = [stdout.text, stderr.text].flatMap((text) => text.trim().split('\n').slice(-linesShownMax));
  return lines
    .filter((line) => line.trim() !== '')
    .slice(-linesShownMax)
    .map((line) => line.trim().slice(0, lineCharsMax))
    .join(' / ');
}

/** `step` is where the service was to start. */
export function tooLate(daemon: Daemon, step: Step): Trouble {
  return {
    what: `was not ready within ${Math.round(daemon.timeoutMs / 1_000)} s: ${missing(daemon)}`,
    advice: `Check \`ready\` and \`timeout\` of \`services.${daemon.name}\` in .moose/config.yml.${maybeChanged(step)}`,
  };
}

export function endedEarly(daemon: Daemon, step: Step, end: SessionEnd): Trouble {
  return {
    what: `${howItEnded(end)} before it was ready`,
    advice: `Its command must not return while it runs: fix it, or \`services.${daemon.name}\` in .moose/config.yml.${maybeChanged(step)}`,
  };
}

const maybeChanged = (step: Step) =>
  step === 'verifying' ? ' It started before the change, so the change may be the reason.' : '';

function missing({ ready: { port, command, log, url } }: Daemon): string {
  if (port !== undefined) return 'its port is not open';
  if (command !== undefined) return `\`${command}\` does not succeed`;
  return log !== undefined ? `its output does not have ${JSON.stringify(log)}` : `${url} does not answer`;
}
