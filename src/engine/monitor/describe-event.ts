// An event in one line, for people. Pure.
import type { Selectable } from 'kysely';
import type { Tables } from '../../store/tables.ts';

export type EventRow = Selectable<Tables['workOrderEvents']>;

const seconds = (ms: unknown) => `${(Number(ms) / 1_000).toFixed(1)} s`;

export function describeEvent({ kind, toState, fromState, actor, reason, detail }: EventRow): string {
  switch (kind) {
    case 'transition':
      return describeTransition(fromState, toState, reason);
    case 'step.finished':
      return `${detail.step} done${detail.durationMs === undefined ? '' : ` in ${seconds(detail.durationMs)}`}`;
    case 'model.answered':
      return `${actor} answered (${detail.kind}): ${detail.inputTokens} tokens in, ${detail.outputTokens} out`;
    case 'session.started':
      return `${detail.purpose} ${actor} started (pid ${detail.pid})`;
    case 'session.ended':
      return `${actor} ended: ${endOf(detail)}`;
    case 'check.finished':
      return `${detail.passed ? '✓' : '✗'} ${actor}: ${detail.command} (${seconds(detail.durationMs)})`;
    case 'progress':
      return `progress: ${detail.fact}`;
    case 'cancel.requested':
      return `cancel asked for by ${actor}`;
    default:
      return `${kind} ${reason}`.trim();
  }
}

function endOf({ exitCode, signal, reason }: Record<string, unknown>): string {
  if (reason) return `stopped (${reason})`;
  return signal ? `killed by ${signal}` : `exit code ${exitCode}`;
}

function describeTransition(from: EventRow['fromState'], to: EventRow['toState'], reason: string): string {
  if (!from) return `${to?.status}: ${reason}`;
  const changed = (['status', 'step', 'step_state'] as const).filter((key) => from[key] !== to?.[key]);
  return `${changed.map((key) => `${from[key] ?? '–'} → ${to?.[key] ?? '–'}`).join(', ')}: ${reason}`;
}
