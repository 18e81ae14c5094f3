// The log (R-FAIL-7): JSON lines in DATA/logs/moose.jsonl and on stderr, each with what the process works on where it was
// written, and none with a secret. No caller can forget either: both are done here, for every line. A person at a terminal
// reads a sentence for each, without the stack, which stands in the file.
import { join } from 'node:path';
import { type Logger, multistream, pino, stdSerializers, stdTimeFunctions } from 'pino';
import { terminalSafe } from '../cli/terminal-safe.ts';
import { redact } from '../domain/redact.ts';
import { currentWork } from '../engine/errors/current-work.ts';
import { openRotatingFile } from '../stdx/rotating-file.ts';
import type { Config } from './config/config.ts';

/** Fifty megabytes of the newest lines, at most. */
const fileBytesMax = 10 * 1024 * 1024;
const oldFilesMax = 4;
/** In the file there is at least this much, whatever is wanted on the screen: a failure outlives its console. */
const fileLevel = 'info';
/** A line of more is cut to its message: somebody has logged a document. */
const lineCharsMax = 256 * 1024;
const wordsCharsMax = 500;

export interface Log {
  logger: Logger;
  close(): void;
}

export function logPath(dataDirectory: string): string {
  return join(dataDirectory, 'logs', 'moose.jsonl');
}

/** What of the log goes to stderr, and in which form. */
export type Screen = Pick<Config, 'logLevel' | 'logForm'>;

/**
 * A command tells its own outcome, so that only errors beside it are shown; what carries work tells its warnings, too. A
 * journal or a file gets JSON lines. Whoever sets MOOSE_LOG_LEVEL gets that level everywhere.
 */
export function screenOf(
  { logLevel, given }: Pick<Config, 'logLevel' | 'given'>,
  { serves, isJson, isTerminal }: { serves: boolean; isJson: boolean; isTerminal: boolean },
): Screen {
  const isForPeople = !isJson && (isTerminal || !serves);
  return {
    logLevel: serves || given.has('MOOSE_LOG_LEVEL') ? logLevel : 'error',
    logForm: isForPeople ? 'words' : 'json',
  };
}

export function openLog({
  dataDirectory,
  logLevel,
  logForm = 'json',
}: Pick<Config, 'dataDirectory' | 'logLevel'> & Partial<Screen>): Log {
  const stderr = pino.destination({ dest: 2, sync: true });
  const screen = logForm === 'json' ? stderr : { write: (line: string) => void stderr.write(inWords(line)) };
  const path = logPath(dataDirectory);
  const file = openRotatingFile({
    ...{ path, bytesMax: fileBytesMax, oldFilesMax },
    onFailure: (cause) =>
      screen.write(
        `${JSON.stringify({ level: 50, time: new Date().toISOString(), msg: `The log ${path} cannot be written: ${redact(String(cause))}` })}\n`,
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

function inWords(line: string): string {
  const { level, time, msg = '', err, dbos } = JSON.parse(line);
  const error = err as { message?: string; code?: string } | undefined;
  const label = pino.levels.labels[level] ?? 'log';
  const parts = [msg, dbos, error?.message].filter((part) => typeof part === 'string' && part !== '');
  // The message of a failure is often what is logged of it.
  const text = [...new Set(parts)].join(': ').replace(/\s+/g, ' ').slice(0, wordsCharsMax);
  const code = error?.code === undefined ? '' : ` [${error.code}]`;
  return `${terminalSafe(`${String(time).slice(11, 19)} ${label}: ${text}${code}`)}\n`;
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
