// The log (R-FAIL-7): JSON lines on stderr and in DATA/logs/moose.jsonl, each with what the process works on where it was
// written, and none with a secret. No caller can forget either: both are done here, for every line.
import { join } from 'node:path';
import { type Logger, multistream, pino, stdSerializers, stdTimeFunctions } from 'pino';
import type { Config } from './config.ts';
import { redact } from './domain/redact.ts';
import { currentWork } from './engine/recovery/current-work.ts';
import { openRotatingFile } from './stdx/rotating-file.ts';

/** Fifty megabytes of the newest lines, at most. */
const fileBytesMax = 10 * 1024 * 1024;
const oldFilesMax = 4;
/** In the file there is at least this much, whatever is wanted on the screen: a failure outlives its console. */
const fileLevel = 'info';
/** A line of more is cut to its message: somebody has logged a document. */
const lineCharsMax = 256 * 1024;

export interface Log {
  logger: Logger;
  close(): void;
}

export function logPath(dataDirectory: string): string {
  return join(dataDirectory, 'logs', 'moose.jsonl');
}

export function openLog({ dataDirectory, logLevel }: Pick<Config, 'dataDirectory' | 'logLevel'>): Log {
  const screen = pino.destination({ dest: 2, sync: true });
  const path = logPath(dataDirectory);
  const file = openRotatingFile({
    ...{ path, bytesMax: fileBytesMax, oldFilesMax },
    onFailure: (cause) =>
      screen.write(
        `${JSON.stringify({ level: 50, msg: `The log ${path} cannot be written: ${redact(String(cause))}` })}\n`,
      ),
  });
  const levels = pino.levels.values;
  const isQuiet = (levels[logLevel] ?? Number.POSITIVE_INFINITY) > (levels[fileLevel] ?? 0);
  const level = isQuiet ? fileLevel : logLevel;
  const streams = [{ level, stream: file }];
  const logger = pino(
    {
      level,
      timestamp: stdTimeFunctions.isoTime,
      mixin: whatFor,
      serializers: { err: stdSerializers.errWithCause },
      hooks: { streamWrite: safeLine },
    },
    multistream(logLevel === 'silent' ? streams : [...streams, { level: logLevel, stream: screen }]),
  );
  return { logger, close: file.close };
}

/** The trace's id is the run's, as the W3C wants it: 32 hexadecimal digits. What the caller says goes before. */
function whatFor(): Record<string, unknown> {
  const { workOrderId, runId, step, attempt, sessionId } = currentWork();
  if (workOrderId === undefined) return {};
  return { workOrderId, runId, traceId: runId?.replaceAll('-', ''), step, attempt, sessionId };
}

function safeLine(line: string): string {
  if (line.length <= lineCharsMax) return redact(line);
  const { level, time, msg, workOrderId, runId, traceId, step, sessionId } = JSON.parse(line);
  const message = typeof msg === 'string' ? msg.slice(0, lineCharsMax / 2) : '';
  const short = { level, time, workOrderId, runId, traceId, step, sessionId, cut: line.length };
  return `${redact(JSON.stringify({ ...short, msg: message }))}\n`;
}
