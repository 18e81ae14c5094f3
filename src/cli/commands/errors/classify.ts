import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { classifyFailure } from '../../../classifier/classify-failure.ts';
import type { Classification, FailureCase } from '../../../classifier/failure-case.ts';
import type { ConfigurationError } from '../../../domain/failure.ts';
import { systemClock } from '../../../stdx/clock.ts';
import type { CliContext } from '../../context.ts';
import { cliFailures } from '../../failure-catalogue.ts';
import { flagsOf } from '../../input/flags.ts';
import { readInput } from '../../input/read-input.ts';

/** The longest case that is kept in memory; a longer line is refused. */
const caseCharsMax = 64 * 1024 * 1024;

export function addClassify(program: Command, context: CliContext): void {
  program
    .command('classify')
    .description(
      'classify failures: read finished operations from stdin, write their classification to stdout',
    )
    .option(
      '--jsonl',
      'read and write one JSON document per line (default: one case, given as its raw output)',
    )
    .action(async (options: { jsonl?: boolean }, command: Command) => {
      const printer = context.printer(flagsOf(command).json || options.jsonl === true);
      if (options.jsonl)
        return classifyLines((document) => printer.stream(document, () => ''), context.signal);
      const answer = wireOf(
        undefined,
        classifyFailure({ stderr: await readAll(context.signal), exitCode: 1, at: systemClock.now() }),
      );
      printer.print(answer, () => [
        `${answer.failure_class} (${answer.category}, ${answer.retryable ? 'retryable' : 'not retryable'})`,
        `rule ${answer.rule}, confidence ${answer.confidence}`,
        ...Object.entries(answer.context).map(([name, value]) => `${name}: ${[value].flat().join(', ')}`),
      ]);
    });
}

async function classifyLines(write: (document: unknown) => void, signal: AbortSignal): Promise<void> {
  const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY, signal });
  let count = 0;
  for await (const line of lines) {
    count += 1;
    if (line.trim() === '') continue;
    const document = parsed(line, count);
    write(wireOf(document.id, classifyFailure(caseOf(document))));
  }
  signal.throwIfAborted();
}

function parsed(line: string, count: number): Record<string, unknown> {
  if (line.length > caseCharsMax) throw notACase(count, 'is too long');
  try {
    const document: unknown = JSON.parse(line);
    if (document !== null && typeof document === 'object' && !Array.isArray(document)) {
      return document as Record<string, unknown>;
    }
  } catch (cause) {
    throw notACase(count, 'is not JSON', cause);
  }
  throw notACase(count, 'is not a JSON object');
}

function notACase(count: number, what: string, cause?: unknown): ConfigurationError {
  return cliFailures.CASE_UNREADABLE({ operation: 'classify', cause }, { count, what });
}

function caseOf(document: Record<string, unknown>): FailureCase {
  const text = (name: string) => {
    const value = document[name];
    return typeof value === 'string' ? value : undefined;
  };
  const number = (name: string) => {
    const value = document[name];
    return typeof value === 'number' ? value : undefined;
  };
  return {
    command: text('cmd'),
    exitCode: number('exit_code') ?? null,
    signal: text('signal') ?? null,
    stdout: text('stdout'),
    stderr: text('stderr'),
    httpStatus: number('http_status'),
    httpHeaders: headersOf(document.http_headers),
    httpBody: bodyOf(document.http_body),
    component: text('component'),
    at: systemClock.now(),
  };
}

function headersOf(value: unknown): Record<string, string> | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, String(each)]));
}

/** A body may be given as raw text or as parsed JSON. */
function bodyOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function wireOf(id: unknown, { context, ...said }: Classification) {
  const { errorCode, testNames, retryAfterS, httpStatus, exitCode, ...same } = context;
  return {
    ...(id === undefined ? {} : { id }),
    failure_class: said.failureClass,
    category: said.category,
    retryable: said.retryable,
    recoverability: said.recoverability,
    type: said.type,
    severity: said.severity,
    context: {
      ...same,
      ...(errorCode === undefined ? {} : { error_code: errorCode }),
      ...(testNames === undefined ? {} : { test_names: testNames }),
      ...(retryAfterS === undefined ? {} : { retry_after: retryAfterS }),
      ...(httpStatus === undefined ? {} : { http_status: httpStatus }),
      ...(exitCode === undefined ? {} : { exit_code: exitCode }),
    },
    rule: said.rule,
    confidence: said.confidence,
  };
}

/** @throws ConfigurationError `CASE_UNREADABLE` */
async function readAll(signal: AbortSignal): Promise<string> {
  const bytes = await readInput(process.stdin, signal, caseCharsMax);
  if (bytes === null) throw notACase(1, 'is too long');
  return bytes.toString('utf8');
}
