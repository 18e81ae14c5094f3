import { useEffect, useState } from 'react';
import type { TranscriptPage } from '../../../../src/contract/contract.ts';
import { Transcript, type TranscriptTurn } from '../../../../src/domain/agents/transcript.ts';
import { ask } from '../../api/ask.ts';
import { followOutput } from './follow-output.ts';

export interface TranscriptSeen {
  turns: readonly TranscriptTurn[];
  /** Earlier turns are not shown. */
  isCut: boolean;
  /** Undefined until the first response. */
  newest: TranscriptPage | undefined;
  error: unknown;
}

/** How much of the output is read as a transcript at first. */
const backBytes = 8 * 1024 * 1024;

const unseen: TranscriptSeen = { turns: [], isCut: false, newest: undefined, error: undefined };

export function useTranscript(sessionId: string, attempt: number): TranscriptSeen {
  const [seen, setSeen] = useState(unseen);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt starts over
  useEffect(() => {
    const stop = new AbortController();
    const transcript = new Transcript();
    let isCut = false;
    setSeen(unseen);
    const askPage = (offset: number, signal: AbortSignal) =>
      ask('get /api/sessions/{id}/transcript', { params: { id: sessionId }, query: { offset }, signal });
    followOutput(
      askPage,
      ({ output, isAfterGap }) => {
        isCut ||= isAfterGap;
        // After a gap, the first part is what is left of a line.
        const parts =
          isAfterGap && output.parts[0]?.kind === 'printed' ? output.parts.slice(1) : output.parts;
        for (const part of parts) transcript.add(part);
        setSeen((before) =>
          parts.length === 0 && before.newest?.is_over === output.is_over
            ? before
            : { turns: [...transcript.turns], isCut, newest: output, error: undefined },
        );
      },
      { signal: stop.signal, backBytes },
    ).catch((error: unknown) => {
      if (!stop.signal.aborted) setSeen((before) => ({ ...before, error }));
    });
    return () => stop.abort();
  }, [sessionId, attempt]);
  return seen;
}
