// Reads a session's output: first its end, then new output as it comes, until the session ends or the signal aborts.
import { ProblemError } from '../../api/call.ts';

export const followLimits = {
  pollMs: 400,
  /** Delay after a failure; doubles each time. */
  retryMs: 800,
  retryMsMax: 15_000,
  /** How much existing output is read at first, in bytes. */
  backBytes: 512 * 1024,
} as const;

/** A part of the output, as it is or as a transcript. */
export interface OutputPart {
  offset: number;
  next_offset: number;
  size: number;
  is_over: boolean;
}

export type AskOutput<Part extends OutputPart> = (offset: number, signal: AbortSignal) => Promise<Part>;

export interface Followed<Part extends OutputPart> {
  output: Part;
  /** Earlier output was skipped. */
  isAfterGap: boolean;
}

/** @throws ProblemError if the server refuses; temporary outages are retried. */
export async function followOutput<Part extends OutputPart>(
  ask: AskOutput<Part>,
  onOutput: (followed: Followed<Part>) => void,
  {
    signal,
    pollMs = followLimits.pollMs,
    backBytes = followLimits.backBytes,
  }: { signal: AbortSignal; pollMs?: number; backBytes?: number },
): Promise<void> {
  let offset = 0;
  let failures = 0;
  let isFirst = true;
  while (!signal.aborted) {
    const output = await ask(offset, signal).catch((cause: unknown) => {
      if (signal.aborted || isPassing(cause)) return undefined;
      throw cause;
    });
    if (signal.aborted) return;
    if (output === undefined) {
      await wait(Math.min(followLimits.retryMs * 2 ** failures++, followLimits.retryMsMax), signal);
      continue;
    }
    failures = 0;
    const start = output.size - backBytes;
    if (isFirst && start > output.next_offset) {
      isFirst = false;
      offset = start;
      continue;
    }
    onOutput({ output, isAfterGap: offset > 0 && !isFirst && output.offset === start });
    isFirst = false;
    const hasMoved = output.next_offset > offset;
    offset = output.next_offset;
    if (output.is_over && (!hasMoved || offset >= output.size)) return;
    if (!hasMoved || offset >= output.size) await wait(pollMs, signal);
  }
}

/** An error that the server itself reports is permanent, unless it is busy. */
function isPassing(cause: unknown): boolean {
  if (!(cause instanceof ProblemError)) return false;
  const { status } = cause.problem;
  return status === 0 || status === 429 || status >= 500;
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
