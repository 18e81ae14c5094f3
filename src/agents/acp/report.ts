// Reads how an agent of the Agent Client Protocol ended: from the last event that the session's program wrote.
import type { AgentFailureKind } from '../../domain/agents/agent-failure.ts';
import type { SessionEnd } from '../../domain/machine/session.ts';
import type { Agent, AgentReport } from '../../engine/ports/agent.ts';
import { kindOfFailedCall } from '../call-words.ts';
import { isJsonObject, type JsonEvent, readJsonLines } from '../json-lines.ts';
import { LastWords } from '../last-words.ts';
import { reportNoResult } from '../no-result.ts';
import { saidFailure, saidSuccess } from '../own-word.ts';
import { turnEnd } from '../turn-end.ts';

/** The protocol's error for an agent that wants a person to sign in. */
const authenticationRequired = -32_000;

export async function reportAcp(
  name: string,
  files: Parameters<Agent['report']>[0],
  end: SessionEnd,
): Promise<AgentReport> {
  const { last, said } = await readEvents(files.stdoutPath);
  const failed = { agent: name, title: name };
  if (last?.type === 'error') return saidFailure({ ...failed, ...failureOf(last) });
  const ending = turnEnd(last?.stopReason);
  if (ending === null) return await reportNoResult(name, files, end, said);
  if (ending === 'finished') return saidSuccess(said);
  return saidFailure({ ...failed, kind: ending, said: said || `its turn ended with ${last?.stopReason}` });
}

/** The result or the error, if the agent was asked, and its last words, also if it never said how it ended. */
async function readEvents(stdoutPath: string): Promise<{ last: JsonEvent | null; said: string }> {
  let last: JsonEvent | null = null;
  const words = new LastWords();
  for await (const event of readJsonLines(stdoutPath)) {
    if (event.type === 'result' || event.type === 'error') last = event;
    if (event.type !== 'update' || !isJsonObject(event.update)) continue;
    const { sessionUpdate, content } = event.update;
    if (sessionUpdate === 'tool_call') words.end();
    if (sessionUpdate === 'agent_message_chunk' && isJsonObject(content)) words.add(content.text);
  }
  return { last, said: words.said.trim() };
}

function failureOf({ code, message, data }: JsonEvent): {
  kind: AgentFailureKind;
  status: number | null;
  said: string;
} {
  const said = typeof message === 'string' ? message : 'an error without a message';
  const details = data === null || data === undefined ? '' : JSON.stringify(data);
  const status = statusIn(data);
  const told = kindOfFailedCall(status, `${said} ${details}`);
  const own = code === authenticationRequired ? 'authentication' : 'failed';
  return { kind: told ?? own, status, said: details === '' ? said : `${said}: ${details}` };
}

/** Where agents put the status of the answer that they got. */
function statusIn(data: unknown): number | null {
  if (!isJsonObject(data)) return null;
  const found = [data.status, data.statusCode, data.code].find(
    (value) => typeof value === 'number' && value >= 400 && value < 600,
  );
  return typeof found === 'number' ? found : null;
}

/** The version that the agent named when it was asked for its abilities; null if it named none. */
export async function versionSaid(stdoutPath: string): Promise<string | null> {
  for await (const event of readJsonLines(stdoutPath))
    if (event.type === 'agent') return typeof event.version === 'string' ? event.version : null;
  return null;
}
