// Judges a row: right, if the agent did what helps most; tolerable, if Moose makes up for what it did; wrong, if work is
// lost, or is called what it is not. Pure.
import type { CertifiedFinding, Verdict } from '../../contract/contract.ts';
import type { MatrixRow } from './matrix.ts';
import type { Observed } from './observed.ts';

/** The only file that the work asks for. */
export const askedFile = 'certified.txt';

export interface Judged {
  verdict: Verdict;
  findings: CertifiedFinding[];
}

export function judge(row: MatrixRow, seen: Observed): Judged {
  const findings = seen.sessions === 0 ? [neverBegan(seen)] : [...byRow(row, seen), ...inEveryRow(row, seen)];
  const weights = new Set(findings.map(({ weight }) => weight));
  const verdict = (['wrong', 'not measured', 'tolerable'] as const).find((each) => weights.has(each));
  return { verdict: verdict ?? 'right', findings };
}

const wrong = (name: string, what: string, remedy: string | null = null): CertifiedFinding => ({
  name,
  weight: 'wrong',
  what,
  remedy,
});
const tolerable = (name: string, what: string, remedy: string | null = null): CertifiedFinding => ({
  name,
  weight: 'tolerable',
  what,
  remedy,
});

const silenceRemedy = 'The limit for silence ends it (`settings.agents.silence_ms`).';
const timeRemedy = 'The time limit of the work order ends it.';

function neverBegan({ code, status }: Observed): CertifiedFinding {
  const because = code ?? `the work order is ${status}`;
  return wrong('never-began', `It never began: ${because}.`, 'See `moose doctor`.');
}

function byRow(row: MatrixRow, seen: Observed): CertifiedFinding[] {
  if (!seen.isInTime) return [wrong('no-end', 'The row did not end within its time.', timeRemedy)];
  switch (row.until) {
    case 'completed':
      return [...asCompleted(seen), ...asContinued(row, seen), ...asAlone(row, seen)];
    case 'failure':
      return asFailed(row, seen);
    case 'cancelled':
      return asCancelled(seen);
  }
}

/** The work was to be completed. */
function asCompleted(seen: Observed): CertifiedFinding[] {
  if (seen.status === 'completed') {
    const others = (seen.changed ?? []).filter((path) => path !== askedFile);
    if (others.length === 0) return [];
    return [wrong('changes-other-files', `It changed what nobody asked for: ${others.join(', ')}.`)];
  }
  const { code, said, exitCode, signal, words } = seen;
  if (code === 'AGENT_CHANGED_NOTHING' || code === 'AGENT_ANSWERED')
    return [wrong('changes-nothing', 'It says success, and has changed nothing.')];
  if (code === 'AGENT_BYPASSED')
    return [wrong('bypasses-gateway', 'It says success without a call through the gateway.')];
  if (said === 'success' && (signal !== null || exitCode !== 0))
    return [wrong('exit-code-after-success', `It did the work, and ended with ${endingOf(seen)}.`)];
  if (said === 'nothing')
    return [wrong('says-nothing', `It ended with ${endingOf(seen)} and never said how it went.`)];
  if (said !== 'success') return [wrong('reports-failure', `Its model worked, and it reports: ${words}`)];
  return [wrong('fails', `The work was not completed: ${code ?? seen.status}.`)];
}

function asContinued({ strike }: MatrixRow, { isContinued, isHeard, status }: Observed): CertifiedFinding[] {
  const isAsked = strike !== undefined && status === 'completed';
  return [
    ...(isAsked && isHeard === false ? [wrong('deaf', 'The message did not reach its model.')] : []),
    ...(isAsked && isContinued === false
      ? [
          tolerable(
            'forgets',
            'It begins a new conversation: what it has read and thought is paid for again.',
            'Moose tells it in the prompt what was done before.',
          ),
        ]
      : []),
  ];
}

function asAlone({ name }: MatrixRow, { otherAddresses, egress }: Observed): CertifiedFinding[] {
  if (name !== 'network') return [];
  if (egress !== 'gateway' || otherAddresses === null)
    return [
      {
        name: 'network-open',
        weight: 'not measured',
        what: 'This machine cannot close the network of a session, so nothing was counted.',
        remedy: 'Run it where `moose doctor` shows isolation.',
      },
    ];
  if (otherAddresses === 0) return [];
  return [
    tolerable(
      'reaches-out',
      `It tried ${times(otherAddresses)} to reach another address than the gateway.`,
      'The sandbox refuses it.',
    ),
  ];
}

/** The model or the agent was broken: Moose must notice, and call it what it is. */
function asFailed(row: MatrixRow, seen: Observed): CertifiedFinding[] {
  const { code, status } = seen;
  if (code === null)
    return [wrong('success-believed', `Moose noticed no failure: the work order is ${status}.`)];
  if (row.codes.includes(code)) return [];
  if (code === 'AGENT_BRAKED')
    return [
      wrong(
        'repeats-endlessly',
        `It repeated a call that cannot succeed until Moose stopped it (${times(seen.calls)}).`,
        'The brake of the gateway stops it.',
      ),
    ];
  return [wrong('misnamed', `Moose calls it ${code}, and not ${row.codes.join(' or ')}.`)];
}

function asCancelled(seen: Observed): CertifiedFinding[] {
  const { status, left } = seen;
  if (status !== 'cancelled') return [wrong('not-cancelled', `The work order is ${status}.`)];
  if (left !== null && left.length === 0) return [];
  const what = 'It ignores SIGTERM: it has to be killed, and cannot save anything.';
  return [tolerable('ignores-sigterm', what, 'Moose kills it after 5 s.')];
}

/** What is watched whatever was provoked. */
function inEveryRow(row: MatrixRow, seen: Observed): CertifiedFinding[] {
  const { left, said, exitCode, calls, stoppedBecause } = seen;
  const { strike, callsMax } = row;
  const isFaulty = typeof row.model === 'function';
  const hasEndedItself = stoppedBecause === null;
  const found: CertifiedFinding[] = [];
  if (strike === undefined && hasEndedItself && left !== null && left.length > 0)
    found.push(tolerable('leaves-processes', `It leaves running: ${left.join('; ')}.`, 'Moose ends them.'));
  if (isFaulty && said === 'success')
    found.push(
      tolerable(
        'says-success',
        'It says success after its calls failed.',
        'Moose believes the gateway, not it.',
      ),
    );
  else if (isFaulty && hasEndedItself && exitCode === 0)
    found.push(
      tolerable(
        'exits-with-0',
        'It ends with exit code 0 after a failure.',
        'Moose never trusts the exit code alone.',
      ),
    );
  if (
    row.name !== 'hang' &&
    strike === undefined &&
    (stoppedBecause === 'silent' || stoppedBecause === 'idle')
  )
    found.push(tolerable('hangs', 'It hangs until Moose stops it.', silenceRemedy));
  if (stoppedBecause === 'timeout')
    found.push(tolerable('never-ends', 'It goes on until its time is up.', timeRemedy));
  if (callsMax !== undefined && calls > callsMax && seen.code !== 'AGENT_BRAKED')
    found.push(
      tolerable(
        'repeats',
        `It repeats a call that cannot succeed (${times(calls)}).`,
        'The gateway counts and limits them.',
      ),
    );
  return found;
}

const times = (count: number) => (count === 1 ? 'once' : `${count} times`);

function endingOf({ exitCode, signal }: Observed): string {
  return signal === null ? `exit code ${exitCode}` : `signal ${signal}`;
}
