// Reads what Gemini CLI says and does from its events.
import type { TranscriptPart } from '../../domain/agents/transcript-part.ts';
import { isJsonObject, type JsonEvent } from '../json-lines.ts';
import { toolCall } from '../tool-title.ts';
import { answered, readEvents, said, textIn, told, turn } from '../transcript-parts.ts';

export const geminiCliTranscript = readEvents((event) => {
  switch (event.type) {
    case 'message':
      return event.role === 'assistant' ? said(event.content, { piece: event.delta === true }) : [];
    case 'tool_use':
      return [toolCall(event.tool_id, event.tool_name, event.parameters)];
    case 'tool_result':
      return [readResult(event)];
    case 'error':
      return told(event.message, { failed: event.severity !== 'warning' });
    case 'result':
      return endOf(event);
    default:
      return [];
  }
});

/** Of a command that failed, the output says so. */
const exitLine = /^Exit Code: (\d{1,3})$/m;

function readResult({ tool_id: id, status, output, error }: JsonEvent): TranscriptPart {
  const text = textIn(output) || textIn(isJsonObject(error) ? error.message : error);
  const exit = exitLine.exec(text)?.[1];
  return answered(id, text, { exit: exit === undefined ? null : Number(exit), failed: status === 'error' });
}

/** Only the end has a count, of the whole session. */
function endOf({ status, error, stats }: JsonEvent): TranscriptPart[] {
  if (status === 'error') return told(textIn(isJsonObject(error) ? error.message : error), { failed: true });
  return isJsonObject(stats) ? [turn(null, stats.input_tokens, stats.output_tokens)] : [];
}
