// Reads the events of agents that write their messages in Anthropic’s form.
import type { TranscriptPart } from '../domain/agents/transcript-part.ts';
import { isJsonObject, type JsonEvent } from './json-lines.ts';
import { toolCall } from './tool-title.ts';
import { answered, said, sum, textIn, thought, told, turn } from './transcript-parts.ts';

export function readMessages(event: JsonEvent): TranscriptPart[] {
  // What its helpers do is not its turn: their answer comes as that of the tool that started them.
  if (event.parent_tool_use_id !== undefined && event.parent_tool_use_id !== null) return [];
  if (event.type === 'result') return endOf(event);
  if (!isJsonObject(event.message)) return [];
  const { id, content, usage } = event.message;
  const blocks = Array.isArray(content) ? content.filter(isJsonObject) : [];
  if (event.type === 'user') return blocks.flatMap(readResult);
  if (event.type !== 'assistant') return [];
  return [turnOf(id, usage), ...(typeof content === 'string' ? said(content) : blocks.flatMap(readBlock))];
}

function turnOf(id: unknown, usage: unknown): TranscriptPart {
  if (!isJsonObject(usage)) return turn(id);
  const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens } = usage;
  return turn(id, sum(input_tokens, cache_read_input_tokens, cache_creation_input_tokens), output_tokens);
}

function readBlock(block: JsonEvent): TranscriptPart[] {
  if (block.type === 'text') return said(block.text);
  if (block.type === 'thinking') return thought(block.thinking);
  return block.type === 'tool_use' ? [toolCall(block.id, block.name, block.input)] : [];
}

/** Of a command that failed, the answer begins so. */
const exitLine = /^Exit code (\d{1,3})\b\n?/;

function readResult(block: JsonEvent): TranscriptPart[] {
  if (block.type !== 'tool_result') return [];
  const text = textIn(block.content);
  const exit = exitLine.exec(text);
  return [
    answered(block.tool_use_id, exit ? text.slice(exit[0].length) : text, {
      exit: exit ? Number(exit[1]) : null,
      failed: block.is_error === true,
    }),
  ];
}

function endOf(event: JsonEvent): TranscriptPart[] {
  const failed = event.is_error === true || String(event.subtype).startsWith('error');
  // A success repeats its last words.
  return failed ? told(event.result ?? event.subtype, { failed }) : [];
}
