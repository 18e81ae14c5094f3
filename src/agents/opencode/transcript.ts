// Reads what OpenCode says and does from the events of `opencode run --format json`.
import type { TranscriptPart } from '../../domain/agents/transcript-part.ts';
import { isJsonObject, type JsonEvent } from '../json-lines.ts';
import { toolCall } from '../tool-title.ts';
import { answered, readEvents, said, sum, textIn, thought, told, turn } from '../transcript-parts.ts';

export const openCodeTranscript = readEvents((event) => {
  if (event.type === 'error') return told(textOfError(event.error), { failed: true });
  if (!isJsonObject(event.part)) return [];
  const { part } = event;
  switch (event.type) {
    case 'step_start':
      return [turn(part.messageID)];
    case 'step_finish':
      return [tokensOf(part)];
    case 'text':
      return said(part.text);
    case 'reasoning':
      return thought(part.text);
    case 'tool_use':
      return readTool(part);
    default:
      return [];
  }
});

function tokensOf({ messageID, tokens }: JsonEvent): TranscriptPart {
  if (!isJsonObject(tokens)) return turn(messageID);
  const { read, write } = isJsonObject(tokens.cache) ? tokens.cache : {};
  return turn(messageID, sum(tokens.input, read, write), sum(tokens.output, tokens.reasoning));
}

/** A tool is told once, when it has ended. */
function readTool({ callID, tool, state }: JsonEvent): TranscriptPart[] {
  if (!isJsonObject(state)) return [];
  const metadata = isJsonObject(state.metadata) ? state.metadata : {};
  const call = toolCall(callID, tool, state.input);
  const exit = typeof metadata.exit === 'number' ? metadata.exit : null;
  const failed = state.status === 'error';
  return [call, answered(callID, textIn(failed ? state.error : state.output), { exit, failed })];
}

function textOfError(error: unknown): string {
  if (!isJsonObject(error)) return textIn(error);
  const data = isJsonObject(error.data) ? error.data : {};
  return [error.name, data.message].filter((part) => typeof part === 'string').join(': ');
}
