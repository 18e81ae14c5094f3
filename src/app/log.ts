// The log (R-FAIL-7): JSON lines in DATA/logs/moose.jsonl and on stderr. Every line names the current work, and no line
// contains a secret; both are done here, so that no caller can forget them. At a terminal, a person reads one sentence
// per line; the stack is only in the file.
import { join } from 'node:path';
import { type Logger, multistream, pino, stdSerializers, stdTimeFunctions } from 'pino';
import { terminalSafe } from '../cli/terminal/terminal-safe.ts';
import { redact } from '../domain/text/redact.ts';
import { currentWork } from '../engine/errors/current-work.ts';
import { openRotatingFile } from '../stdx/files/rotating-file.ts';
import type { Config } from './config/config.ts';

/** Together with the old files, this keeps the newest 50 MiB of lines. */
const fileBytesMax = 10 * 1024 * 1024;
const oldFilesMax = 4;
/** The file records at least this level, whatever the screen shows: a failure must outlive its console. */
const fileLevel = 'info';
/** A longer line, such as a logged document, is reduced to its message. */
const lineCharsMax = 256 * 1024;
const wordsCharsMax = 500;
const unreadBytesMax = 1024 * 1024;

export interface Log {
  logger: Logger;
  close(): void;
}

export function logPath(dataDirectory: string): string {
  return join(dataDirectory, 'logs', 'moose.jsonl');
}

/** The level and form of the log on stderr. */
export type Screen = Pick<Config, 'logLevel' | 'logForm'>;

/**
 * A command prints its own outcome, so the screen shows only errors besides it; a server or worker also shows warnings.
 * A journal or a file gets JSON lines. MOOSE_LOG_LEVEL, if set, applies everywhere.
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
  const screen = openScreen(logForm === 'json' ? (line) => line : inWords);
  const path = logPath(dataDirectory);
  const file = openRotatingFile({
    path,
    bytesMax: fileBytesMax,
    oldFilesMax,
    onFailure: (cause) =>
      screen.write(
        `${JSON.stringify({ level: 50, time: new Date().toISOString(), msg: `cannot write the log ${path}: ${redact(String(cause))}` })}\n`,
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

/** Errors as JSON lines on stderr, for a process without a data directory. */
export function openScreenLog(): Logger {
  const settings = {
    level: 'error',
    timestamp: stdTimeFunctions.isoTime,
    serializers: { err: stdSerializers.errWithCause },
    hooks: { streamWrite: safeLine },
  };
  return pino(
    settings,
    openScreen((line) => line),
  );
}

let outlivesReader = false;

/** Never waits for its reader: after a megabyte that nobody has read, it leaves lines out, and says how many. */
function openScreen(form: (line: string) => string): { write(line: string): void } {
  const { stderr } = process;
  // What cannot be shown is still in the file.
  if (!outlivesReader) stderr.on('error', () => undefined);
  outlivesReader = true;
  let left = 0;
  const write = (line: string) => void stderr.write(form(line));
  return {
    write(line) {
      if (stderr.writableLength > unreadBytesMax) {
        left += 1;
        return;
      }
      if (left > 0) {
        const msg = `${left} lines of the log are not shown here, because nobody read them for a while`;
        write(`${JSON.stringify({ level: pino.levels.values.warn, time: new Date().toISOString(), msg })}\n`);
      }
      left = 0;
      write(line);
    },
  };
}

function inWords(line: string): string {
  const { level, time, msg = '', err, queue } = JSON.parse(line);
  const error = err as { message?: string; code?: string } | undefined;
  const label = pino.levels.labels[level] ?? 'log';
  const parts = [msg, queue, error?.message].filter((part) => typeof part === 'string' && part !== '');
  // The log message often repeats the error's message.
  const text = [...new Set(parts)].join(': ').replace(/\s+/g, ' ').slice(0, wordsCharsMax);
  const code = error?.code === undefined ? '' : ` [${error.code}]`;
  return `${terminalSafe(`${String(time).slice(11, 19)} ${label}: ${text}${code}`)}\n`;
}

/** The trace ID is the run ID in W3C form: 32 hexadecimal digits. Fields that the caller sets take precedence. */
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
