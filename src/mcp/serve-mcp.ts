// Answers an assistant over the Model Context Protocol. Standard output belongs to the protocol only: all other
// messages go to the log.
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Ask } from '../contract/operations/ask.ts';
import { isMooseError } from '../domain/failure.ts';
import { redact } from '../domain/text/redact.ts';
import { toMooseError } from '../engine/errors/to-moose-error.ts';
import { type Tool, tools } from './tools.ts';

export interface McpDeps {
  /** Asks with the assistant as the actor: `mcp:NAME`, or on a server its token; neither is a person. */
  ask: Ask;
  logger: Logger;
  version: string;
}

const instructions =
  'Moose runs coding agents on git repositories, unattended. Submit work, follow its progress, and answer its questions. Decisions about money, risk or loss belong to the user: show them the options first.';

const defect = {
  code: 'UNEXPECTED',
  message: 'Unexpected error.',
  advice: 'This is a bug in Moose: check its log and report it.',
};

/** Resolves when the server has begun to answer. */
export async function serveMcp(deps: McpDeps, transport: Transport): Promise<McpServer> {
  const server = new McpServer({ name: 'moose', version: deps.version }, { instructions });
  for (const tool of tools) {
    const { name, description, input, isReadOnly = false, isDestructive = false } = tool;
    // A misspelt member, such as a limit, must not be ignored.
    const inputSchema = z.strictObject(input);
    const annotations = { readOnlyHint: isReadOnly, destructiveHint: isDestructive, openWorldHint: false };
    server.registerTool(name, { description, inputSchema, annotations }, (given) =>
      answerOf(deps, tool, given),
    );
  }
  await server.connect(transport);
  return server;
}

async function answerOf(
  { ask, logger }: McpDeps,
  tool: Tool,
  given: Record<string, unknown>,
): Promise<CallToolResult> {
  try {
    const answer = await tool.run(ask, given);
    return { content: [{ type: 'text', text: JSON.stringify(answer) }] };
  } catch (cause) {
    const error = toMooseError(cause, 'mcp', tool.name);
    if (!isMooseError(cause)) logger.error({ err: cause, tool: tool.name }, 'could not answer an assistant');
    // The details of an unexpected error stay in the log.
    const { code, message, advice = '' } = error.code === 'UNEXPECTED' ? defect : error;
    const told = { code, message: redact(message), advice: redact(advice) };
    return { isError: true, content: [{ type: 'text', text: JSON.stringify(told) }] };
  }
}
