// Reads what an agent of the Agent Client Protocol says and does from the updates that it sends.
import type { ToolKind, TranscriptPart } from '../../domain/agents/transcript-part.ts';
import { isJsonObject, type JsonEvent } from '../json-lines.ts';
import { oneLine, replaced, toolCall } from '../tool-title.ts';
import { answered, idOf, limited, readEvents, said, textIn, thought, told } from '../transcript-parts.ts';

export const acpTranscript = readEvents((event) => {
  switch (event.type) {
    case 'update':
      return isJsonObject(event.update) ? readUpdate(event.update) : [];
    case 'permission':
      return event.chosen === null ? told(`Moose refused: ${textIn(event.title)}`) : [];
    case 'conversation_lost':
      return told(`Its earlier conversation is lost: ${textIn(event.because)}`);
    case 'error':
    case 'closed':
      return told(event.message, { failed: true });
    default:
      return [];
  }
});

function readUpdate(update: JsonEvent): TranscriptPart[] {
  switch (update.sessionUpdate) {
    case 'agent_message_chunk':
      return said(textIn(update.content), { piece: true });
    case 'agent_thought_chunk':
      return thought(textIn(update.content), { piece: true });
    case 'tool_call':
    case 'tool_call_update':
      return readCall(update);
    default:
      return [];
  }
}

const tools: Readonly<Record<string, ToolKind>> = {
  read: 'read',
  edit: 'edit',
  delete: 'edit',
  move: 'edit',
  search: 'search',
  execute: 'run',
  fetch: 'fetch',
};

/** The first update names the tool; later ones bring its input, its changes and its answer. */
function readCall(update: JsonEvent): TranscriptPart[] {
  const { toolCallId: id, title, kind, rawInput, content, status } = update;
  const isOver = status === 'completed' || status === 'failed';
  const parts: TranscriptPart[] = [];
  const change = changeIn(content);
  const hasInput = isJsonObject(rawInput) && Object.keys(rawInput).length > 0;
  if (update.sessionUpdate === 'tool_call' || hasInput || change !== null) {
    const call = toolCall(id, kind ?? title, rawInput);
    const tool = tools[String(kind)] ?? call.tool;
    // Without its input, the agent’s own words say more.
    const line = hasInput && call.tool !== 'other' ? call.title : oneLine(textIn(title));
    parts.push({ ...call, tool, title: line, change: change ?? call.change });
  }
  if (isOver) {
    const output = textIn(content) || textIn(update.rawOutput);
    parts.push(answered(idOf(id), output, { exit: exitIn(update.rawOutput), failed: status === 'failed' }));
  }
  return parts;
}

function changeIn(content: unknown): string | null {
  const diffs = Array.isArray(content)
    ? content.filter(isJsonObject).filter(({ type }) => type === 'diff')
    : [];
  if (diffs.length === 0) return null;
  return limited(diffs.map(({ oldText, newText }) => replaced(textIn(oldText), textIn(newText))).join('\n'));
}

function exitIn(output: unknown): number | null {
  if (!isJsonObject(output)) return null;
  const metadata = isJsonObject(output.metadata) ? output.metadata : {};
  const found = [output.exitCode, output.exit_code, metadata.exit].find((value) => typeof value === 'number');
  return typeof found === 'number' ? found : null;
}
