// The tools with which a running agent asks Moose for sub-tasks (R-AGENT-4).
import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { ownServerName, subtaskLimits } from '../../domain/work-order/subtask.ts';
import {
  type ExchangeFolders,
  type SessionAnswer,
  type SessionRequest,
  sessionAnswerSchema,
} from '../../sessions/requests/exchange.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { renamePassing, writePassing } from '../../stdx/files/passing-files.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';

/** Shorter than agents wait for a tool. */
const defaultAnswerMsMax = 90_000;
const lookEveryMs = 100;

const request = `Ask Moose for a sub-task: a work order of its own, with its own agent, checks and pull request. Use it for separate work that does not belong in your change. It starts from the same base branch as you did, not from your change, and you do not get its result: do not wait for it. Its limit is taken out of yours, and stays so. You can ask for at most ${subtaskLimits.perWorkOrderMax}; a person may have to approve it.`;

const list =
  'List the sub-tasks that this work order has asked for, with their state. Look here before you ask for one again.';

/** Resolves when the server has begun to answer. */
export async function serveSubtasks(
  folders: ExchangeFolders,
  transport: Transport,
  { answerMsMax = defaultAnswerMsMax } = {},
): Promise<McpServer> {
  const exchange = { ...folders, answerMsMax };
  const server = new McpServer({ name: ownServerName, version: '1' });
  const { titleCharsMax, instructionsCharsMax } = subtaskLimits;
  server.registerTool(
    'request_subtask',
    {
      description: request,
      inputSchema: z.strictObject({
        title: z.string().min(1).max(titleCharsMax).describe('What to do, in one line'),
        instructions: z
          .string()
          .max(instructionsCharsMax)
          .describe('All that its agent has to know: it sees the repository, but not your conversation'),
        limit_usd: z
          .number()
          .positive()
          .optional()
          .describe('The most that it may cost, in dollars; at most half of what is left to you'),
      }),
    },
    (given, { signal }) => ask(exchange, { kind: 'request_subtask', ...given }, signal),
  );
  server.registerTool(
    'list_subtasks',
    { description: list, inputSchema: z.strictObject({}), annotations: { readOnlyHint: true } },
    (_given, { signal }) => ask(exchange, { kind: 'list_subtasks' }, signal),
  );
  await server.connect(transport);
  return server;
}

async function ask(
  { asked, answered, answerMsMax }: ExchangeFolders & { answerMsMax: number },
  wanted: SessionRequest,
  signal: AbortSignal,
): Promise<CallToolResult> {
  const name = `${randomUUID()}.json`;
  const path = join(asked, name);
  await writePassing(`${path}.draft`, JSON.stringify(wanted));
  await renamePassing(`${path}.draft`, path);
  try {
    const answer = await answerIn(join(answered, name), performance.now() + answerMsMax, signal);
    if (answer === null) return told('Moose has not answered yet. Call list_subtasks later.', true);
    if (answer.kind === 'done') return told(JSON.stringify(answer.result));
    return told(`${answer.code}: ${answer.message} ${answer.advice}`, true);
  } finally {
    await rm(path, { force: true });
  }
}

/** Null: there is none in time. */
async function answerIn(
  path: string,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<SessionAnswer | null> {
  while (performance.now() < deadlineMs) {
    try {
      return sessionAnswerSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    } catch (cause) {
      if (!hasErrorCode(cause, 'ENOENT')) throw cause;
    }
    await sleep(lookEveryMs, signal);
  }
  return null;
}

function told(text: string, isError = false): CallToolResult {
  return { isError, content: [{ type: 'text', text }] };
}
