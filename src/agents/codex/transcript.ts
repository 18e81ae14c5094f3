// Reads what Codex says and does from the events of `codex exec --json`.
import type { TranscriptPart } from '../../domain/agents/transcript-part.ts';
import { isJsonObject, type JsonEvent } from '../json-lines.ts';
import { toolCall } from '../tool-title.ts';
import { answered, readEvents, said, textIn, thought, told, turn } from '../transcript-parts.ts';

export const codexTranscript = readEvents((event) => {
  if (event.type === 'turn.completed' && isJsonObject(event.usage))
    return [turn(null, event.usage.input_tokens, event.usage.output_tokens)];
  if (event.type === 'turn.failed') return told(textIn(messageOf(event.error)), { failed: true });
  if (event.type === 'error') return told(event.message, { failed: true });
  if (!isJsonObject(event.item)) return [];
  const isOver = event.type === 'item.completed';
  return readItem(event.item, isOver);
});

function messageOf(error: unknown): unknown {
  return isJsonObject(error) ? error.message : error;
}

function readItem(item: JsonEvent, isOver: boolean): TranscriptPart[] {
  const { id } = item;
  switch (item.type) {
    case 'agent_message':
      return isOver ? said(item.text) : [];
    case 'reasoning':
      return isOver ? thought(item.text) : [];
    case 'error':
      return isOver ? told(item.message) : [];
    case 'command_execution':
      return [toolCall(id, 'shell', { command: item.command }), ...(isOver ? [commandAnswer(item)] : [])];
    case 'file_change':
      return isOver ? changesIn(item) : [];
    case 'mcp_tool_call':
      return [
        toolCall(id, `${String(item.server)} ${String(item.tool)}`, item.arguments),
        ...(isOver ? [answered(id, textIn(item.result ?? messageOf(item.error)), failedBy(item))] : []),
      ];
    case 'web_search':
      return isOver ? [toolCall(id, 'web_search', { query: item.query }), answered(id, '')] : [];
    default:
      return [];
  }
}

function commandAnswer(item: JsonEvent): TranscriptPart {
  const exit = typeof item.exit_code === 'number' ? item.exit_code : null;
  return answered(item.id, textIn(item.aggregated_output), { exit, ...failedBy(item) });
}

function failedBy({ status }: JsonEvent): { failed: boolean } {
  return { failed: status === 'failed' || status === 'declined' };
}

const verbs: Readonly<Record<string, string>> = { add: 'add', delete: 'delete', update: 'edit' };

/** Codex tells which files it changed, not how. */
function changesIn(item: JsonEvent): TranscriptPart[] {
  const changes = Array.isArray(item.changes) ? item.changes.filter(isJsonObject) : [];
  const title = changes
    .map(({ kind, path }) => `${verbs[String(kind)] ?? 'edit'} ${String(path)}`)
    .join(', ');
  if (title === '') return [];
  return [
    { kind: 'call', id: String(item.id), tool: 'edit', title, change: null },
    answered(item.id, '', failedBy(item)),
  ];
}
