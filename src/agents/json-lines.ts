// Reads the JSON events that an agent wrote, one per line, within limits. Lines that are not JSON, too long or cut off
// are skipped: an agent's output is never a reason to fail.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { agentFailures } from '../domain/agents/agent-failure-catalogue.ts';
import { hasErrorCode } from '../stdx/system-error.ts';

export const jsonLineLimits = {
  /** How much of the file's end is read: agents say at the end how they ended. */
  fileBytesMax: 256 * 1024 * 1024,
  /** A longer line is skipped: real events contain at most a file. */
  lineBytesMax: 16 * 1024 * 1024,
} as const;

export type JsonEvent = Record<string, unknown>;

/** Returns only objects, in order; empty if the file is missing. Throws AGENT_OUTPUT_UNREADABLE if the disk fails. */
export async function* readJsonLines(
  path: string,
  limits: { fileBytesMax: number; lineBytesMax: number } = jsonLineLimits,
): AsyncGenerator<JsonEvent> {
  try {
    for await (const line of readLines(path, limits)) {
      const event = parseJsonLine(line);
      if (event !== null) yield event;
    }
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return;
    throw agentFailures.AGENT_OUTPUT_UNREADABLE(
      { operation: 'report', metadata: { path }, cause: error },
      { path },
    );
  }
}

async function* readLines(
  path: string,
  { fileBytesMax, lineBytesMax }: { fileBytesMax: number; lineBytesMax: number },
): AsyncGenerator<string> {
  const { size } = await stat(path);
  const start = Math.max(0, size - fileBytesMax);
  let parts: Buffer[] = [];
  let length = 0;
  const take = (part: Buffer): void => {
    length += part.length;
    if (length > lineBytesMax) parts = [];
    else parts.push(part);
  };
  for await (const chunk of createReadStream(path, { start, end: start + fileBytesMax - 1 })) {
    const bytes: Buffer = chunk;
    let from = 0;
    for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, from)) {
      take(bytes.subarray(from, at));
      if (length <= lineBytesMax) yield Buffer.concat(parts).toString('utf8');
      parts = [];
      length = 0;
      from = at + 1;
    }
    take(bytes.subarray(from));
  }
  if (length <= lineBytesMax) yield Buffer.concat(parts).toString('utf8');
}

const lineFeed = 0x0a;

/** Null if the line is not a JSON object. */
export function parseJsonLine(line: string): JsonEvent | null {
  if (!line.trimStart().startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

export function isJsonObject(value: unknown): value is JsonEvent {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
