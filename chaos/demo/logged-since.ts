// The warnings in Moose's log: a broken connection that is replaced at once leaves no row.
import { join } from 'node:path';
import { readLog } from '../read-log.ts';
import type { Recorded } from './what-moose-recorded.ts';

/** pino's number for a warning. */
const warning = 40;
const bytesMax = 1_000_000;

export async function loggedSince(dataDirectory: string, since: Date): Promise<Recorded[]> {
  const lines = (await readLog(join(dataDirectory, 'logs', 'moose.jsonl'))).slice(-bytesMax).split('\n');
  return lines.flatMap((line) => {
    const level = Number(/"level":(\d+)/.exec(line)?.[1] ?? 0);
    const at = new Date(/"time":"([^"]+)"/.exec(line)?.[1] ?? 0);
    const message: unknown = JSON.parse(/"msg":("(?:[^"\\]|\\.)*")/.exec(line)?.[1] ?? 'null');
    return level >= warning && at >= since && typeof message === 'string' ? [{ at, what: message }] : [];
  });
}
