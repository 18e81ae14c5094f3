// Speaks MCP over standard input and output, until the assistant closes the input or the signal is aborted.
import { once } from 'node:events';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { type McpDeps, serveMcp } from './serve-mcp.ts';

/** The limit for one message; the description of a work order is far smaller. */
const messageBytesMax = 4 * 1024 * 1024;

export async function serveStdio(deps: McpDeps, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const transport = new StdioServerTransport(process.stdin, process.stdout, {
    maxBufferSize: messageBytesMax,
  });
  const isEnded = once(process.stdin, 'end', { signal: either });
  const server = await serveMcp(deps, transport);
  server.server.onclose = () => over.abort();
  try {
    await isEnded;
  } catch (cause) {
    if (!either.aborted) throw cause;
  } finally {
    await server.close();
  }
}
