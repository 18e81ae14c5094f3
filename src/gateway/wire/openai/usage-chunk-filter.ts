// Removes the usage chunk from a Chat Completions stream if the client did not ask for it; every other byte passes.

import { eventOf, type SseFrame, SseFrames } from '../answers/sse.ts';
import { listIn, memberOf, objectIn, parseOrNull } from '../json-value.ts';
import type { AnswerFilter } from '../wire.ts';

export class UsageChunkFilter implements AnswerFilter {
  readonly #frames = new SseFrames();

  push(chunk: Buffer): Buffer {
    return passed(this.#frames.push(chunk));
  }

  end(): Buffer {
    return passed(this.#frames.end());
  }
}

function passed(frames: readonly SseFrame[]): Buffer {
  return Buffer.concat(frames.filter((frame) => !isUsageChunk(frame)).map(({ raw }) => raw));
}

function isUsageChunk(frame: SseFrame): boolean {
  // These names are in every usage chunk and in few others, so other chunks are not parsed.
  if (!frame.isWhole || !frame.raw.includes('"usage"')) return false;
  const event = eventOf(frame);
  const data = event === null ? null : parseOrNull(event.data);
  const hasNoChoice = Array.isArray(memberOf(data, 'choices')) && listIn(data, 'choices').length === 0;
  return hasNoChoice && objectIn(data, 'usage') !== null;
}
