// Reads Codex's own report from its output: the end of the last turn decides, whatever came before it.

import type { SessionEnd } from '../../domain/machine/session.ts';
import type { Agent, AgentReport } from '../../engine/ports/agent.ts';
import { isJsonObject, type JsonEvent, readJsonLines } from '../json-lines.ts';
import { reportNoResult } from '../no-result.ts';
import { saidFailure, saidSuccess } from '../own-word.ts';
import { kindOfCodexError } from './failures.ts';
import { codexProgram } from './program.ts';
import { timeOfReset } from './time-of-reset.ts';

export async function reportCodex(
  files: Parameters<Agent['report']>[0],
  end: SessionEnd,
): Promise<AgentReport> {
  const { title } = codexProgram;
  let ending: JsonEvent | null = null;
  let said = '';
  const begun = new Set<unknown>();
  for await (const event of readJsonLines(files.stdoutPath)) {
    if (event.type === 'turn.completed' || event.type === 'turn.failed') ending = event;
    // An error item does not mean that the run failed: successful runs have them too.
    if (event.type === 'turn.started') ending = null;
    noteBegun(event, begun);
    said = messageOf(event) ?? said;
  }
  if (ending === null) return await reportNoResult(title, files, end, said);
  // Codex's count covers the whole conversation. A session through the gateway may resume one, but then the ledger
  // counts; a session with a login never resumes one.
  const count = tokensOf(ending);
  const isCutOff = ending.type === 'turn.completed' && begun.size > 0;
  if (isCutOff) return saidFailure({ agent: 'codex', title, kind: 'cut_off', said }, count);
  if (ending.type === 'turn.completed') return saidSuccess(said, count);
  const message = isJsonObject(ending.error) ? ending.error.message : null;
  const words = typeof message === 'string' ? message : '';
  const failed = kindOfCodexError(words);
  const backAt = failed.kind === 'usage_limit' ? timeOfReset(words, end.endedAt) : null;
  const retryAfterMs = backAt === null ? null : Math.max(0, backAt.getTime() - end.endedAt.getTime());
  return saidFailure({ agent: 'codex', title, said: words, ...failed, retryAfterMs }, count);
}

/** Parts of a turn that are always told when they have ended. A command may go on in the background. */
const wholeParts: ReadonlySet<unknown> = new Set(['file_change', 'mcp_tool_call', 'collab_tool_call']);

/** What has begun and not ended: a turn that is completed with it was cut off. */
function noteBegun({ type, item }: JsonEvent, begun: Set<unknown>): void {
  if (type === 'turn.started') begun.clear();
  if (!isJsonObject(item) || !wholeParts.has(item.type)) return;
  if (type === 'item.started') begun.add(item.id);
  if (type === 'item.completed') begun.delete(item.id);
}

/** Input tokens include the cached ones. */
function tokensOf({ usage }: JsonEvent): Pick<AgentReport, 'inputTokens' | 'outputTokens'> {
  const count = (value: unknown) =>
    Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : null;
  if (!isJsonObject(usage)) return { inputTokens: null, outputTokens: null };
  return { inputTokens: count(usage.input_tokens), outputTokens: count(usage.output_tokens) };
}

function messageOf({ type, item }: JsonEvent): string | null {
  if (type !== 'item.completed' || !isJsonObject(item) || item.type !== 'agent_message') return null;
  return typeof item.text === 'string' ? item.text : null;
}
