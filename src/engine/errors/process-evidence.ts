// The evidence of a failed process, in one form whatever its source (R-FAIL-5): a missing stream is marked as missing
// and never looks like an empty one. Pure.
import type { MooseError, ProcessEvidence } from '../../domain/failure.ts';

/** Number of characters that a row keeps of each stream: the end, where the cause usually is. */
const tailCharsMax = 16_000;

/** Null if the error is not about a process. Unknown parts are null. */
export function processEvidence(
  error: Pick<MooseError, 'type' | 'component' | 'metadata'>,
): EvidenceFound | null {
  const { metadata } = error;
  const given = isRecord(metadata.process) ? metadata.process : metadata;
  const isOfProcess = given !== metadata || 'exitCode' in metadata || error.type === 'process';
  if (!isOfProcess) return null;
  const outputTail = textOf(given.outputTail);
  return {
    command: textOf(given.command),
    exitCode: numberOf(given.exitCode),
    signal: textOf(given.signal),
    stdoutTail: tailOf(textOf(given.stdoutTail) ?? outputTail),
    stderrTail: tailOf(textOf(given.stderrTail)),
    durationMs: numberOf(given.durationMs),
  };
}

/** Like `ProcessEvidence`, for a process about which less may be known. */
export type EvidenceFound = Omit<ProcessEvidence, 'command' | 'durationMs'> & {
  command: string | null;
  durationMs: number | null;
};

/**
 * True if the evidence has everything that R-FAIL-5 asks for: the command, how it ended, both streams, and how long it
 * took.
 */
export function isWhole(evidence: EvidenceFound): evidence is ProcessEvidence {
  const { command, exitCode, signal, stdoutTail, stderrTail, durationMs } = evidence;
  const hasEnd = exitCode !== null || signal !== null;
  return command !== null && hasEnd && stdoutTail !== null && stderrTail !== null && durationMs !== null;
}

function tailOf(text: string | null): string | null {
  return text === null || text.length <= tailCharsMax ? text : text.slice(-tailCharsMax).toWellFormed();
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
