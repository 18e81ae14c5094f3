// Reads what pi says and does from its events: each message is told whole when it has ended.
import type { TranscriptPart } from '../../domain/agents/transcript-part.ts';
import { isJsonObject, type JsonEvent } from '../json-lines.ts';
import { toolCall } from '../tool-title.ts';
import { answered, readEvents, said, sum, textIn, thought, told, turn } from '../transcript-parts.ts';

export const piTranscript = readEvents((event) => {
  if (event.type !== 'message_end' || !isJsonObject(event.message)) return [];
  const { message } = event;
  if (message.role === 'toolResult') {
    const { toolCallId, content, isError } = message;
    const text = textIn(content);
    const exit = exitLine.exec(text)?.[1];
    const ended = { exit: exit === undefined ? null : Number(exit), failed: isError === true };
    return [answered(toolCallId, text, ended)];
  }
  return message.role === 'assistant' ? readAnswer(message) : [];
});

/** The last line of a command that failed. */
const exitLine = /Command exited with code (\d{1,3})\s*$/;

function readAnswer(message: JsonEvent): TranscriptPart[] {
  const usage = isJsonObject(message.usage) ? message.usage : {};
  const input = sum(usage.input, usage.cacheRead, usage.cacheWrite);
  const blocks = Array.isArray(message.content) ? message.content.filter(isJsonObject) : [];
  return [
    turn(message.responseId ?? message.timestamp, input, usage.output),
    ...blocks.flatMap(readBlock),
    ...(message.stopReason === 'error' ? told(message.errorMessage, { failed: true }) : []),
  ];
}

function readBlock(block: JsonEvent): TranscriptPart[] {
  if (block.type === 'text') return said(block.text);
  if (block.type === 'thinking') return thought(block.thinking);
  return block.type === 'toolCall' ? [toolCall(block.id, block.name, block.arguments)] : [];
}
