import { useEffect, useState } from 'react';
import type { Output } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { followOutput } from './follow-output.ts';
import { appendOutput, noOutput, type OutputText } from './output-text.ts';

export type Stream = Output['stream'];

export interface OutputSeen {
  text: OutputText;
  /** Undefined until the first response. */
  newest: Output | undefined;
  error: unknown;
}

const unseen: OutputSeen = { text: noOutput, newest: undefined, error: undefined };

/** Skips renders when a poll brings nothing new. */
export function useOutput(sessionId: string, stream: Stream, attempt: number): OutputSeen {
  const [seen, setSeen] = useState(unseen);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt starts over
  useEffect(() => {
    const stop = new AbortController();
    setSeen(unseen);
    const ask = (offset: number, signal: AbortSignal) => askOutput(sessionId, stream, offset, signal);
    followOutput(
      ask,
      ({ output, isAfterGap }) =>
        setSeen(({ text, newest }) => {
          if (output.text === '' && newest?.is_over === output.is_over && newest.size === output.size)
            return { text, newest, error: undefined };
          const before = isAfterGap ? { ...text, isCut: true } : text;
          return { text: appendOutput(before, output.text), newest: output, error: undefined };
        }),
      { signal: stop.signal },
    ).catch((error: unknown) => {
      if (!stop.signal.aborted) setSeen((before) => ({ ...before, error }));
    });
    return () => stop.abort();
  }, [sessionId, stream, attempt]);
  return seen;
}

export function askOutput(
  sessionId: string,
  stream: Stream,
  offset: number,
  signal: AbortSignal,
): Promise<Output> {
  return ask('get /api/sessions/{id}/output', {
    params: { id: sessionId },
    query: { stream, offset },
    signal,
  });
}
