// Reads the input of `moose replay`: tables, logs of decisions, and the messages of a judge.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import {
  decisionLineSchema,
  type JudgeLine,
  judgeLineSchema,
  type OwnLog,
  outcomeTableSchema,
} from '../../contract/contract.ts';
import type { Ask } from '../../contract/operations/ask.ts';
import { readOwnLog as readPage } from '../../contract/operations/learning.ts';
import { type DecisionLog, LogReader } from '../../engine/learning/replay/decision-log.ts';
import { lineInvalid } from '../../engine/learning/replay/judged-session.ts';
import { type OutcomeTable, readOutcomeTable } from '../../engine/learning/replay/outcome-table.ts';
import { logUnreadable, tableUnreadable } from '../../engine/learning/replay/replay-failure.ts';

/** A table is parsed as a single string, whose length is limited. */
const tableBytesMax = 400 * 1024 * 1024;
const lineCharsMax = 16 * 1024 * 1024;

export async function readTable(
  path: string,
  arms?: readonly string[],
): Promise<{ table: OutcomeTable; sha256: string }> {
  const bytes = await bytesOf(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const read = outcomeTableSchema.safeParse(
    parsed(bytes.toString('utf8'), (cause) => tableUnreadable('it is not JSON', cause)),
  );
  if (!read.success) throw tableUnreadable(wrongIn(read.error), read.error);
  return { table: readOutcomeTable(read.data, arms), sha256 };
}

async function bytesOf(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > tableBytesMax) throw tableUnreadable(`it has more than ${tableBytesMax} bytes`);
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof Error && 'syscall' in cause) throw tableUnreadable(`${path} cannot be read`, cause);
    throw cause;
  }
}

export async function readLog(
  path: string,
  plans: readonly (readonly string[])[],
  signal: AbortSignal,
): Promise<DecisionLog> {
  const reader = new LogReader(plans);
  let number = 0;
  const input = createReadStream(path, { signal });
  try {
    for await (const line of linesOf(input, signal)) {
      number += 1;
      if (line.trim() === '') continue;
      const read = decisionLineSchema.safeParse(
        parsed(line, (cause) => logUnreadable(number, 'it is not JSON', cause)),
      );
      if (!read.success) throw logUnreadable(number, wrongIn(read.error), read.error);
      reader.add(read.data, number);
    }
  } catch (cause) {
    if (cause instanceof Error && 'syscall' in cause)
      throw logUnreadable(number + 1, `${path} cannot be read`, cause);
    throw cause;
  }
  if (reader.log.decisions === 0) throw logUnreadable(number + 1, 'there is no decision in it');
  return reader.log;
}

/** Reads Moose's own log page by page, and reports what the log cannot contain. */
export async function readOwnLog(
  ask: Ask,
  plans: readonly (readonly string[])[],
  signal: AbortSignal,
): Promise<{ log: DecisionLog; missing: OwnLog['missing'] }> {
  const reader = new LogReader(plans);
  const missing = { without_outcome: 0, not_counted: 0, other_arm: 0 };
  let after: string | undefined;
  let number = 0;
  do {
    const page: OwnLog = await ask(readPage, { query: { after }, signal });
    for (const line of page.items) {
      number += 1;
      reader.add(line, number);
    }
    missing.without_outcome += page.missing.without_outcome;
    missing.not_counted += page.missing.not_counted;
    missing.other_arm += page.missing.other_arm;
    after = page.next ?? undefined;
  } while (after !== undefined);
  if (reader.log.decisions === 0) throw logUnreadable(1, 'there are no results of choices yet');
  return { log: reader.log, missing };
}

/** The messages of a judge, one per line. @throws `REPLAY_LINE_INVALID` */
export async function* judgeLines(
  input: Readable,
  signal: AbortSignal,
): AsyncGenerator<{ line: JudgeLine; number: number }> {
  let number = 0;
  for await (const text of linesOf(input, signal)) {
    number += 1;
    if (text.trim() === '') continue;
    if (text.length > lineCharsMax) throw lineInvalid(`line ${number} is too long`);
    const where = number;
    const read = judgeLineSchema.safeParse(
      parsed(text, (cause) => lineInvalid(`line ${where} is not JSON`, cause)),
    );
    if (!read.success) throw lineInvalid(`line ${number}: ${wrongIn(read.error)}`, read.error);
    yield { line: read.data, number };
  }
}

function linesOf(input: Readable, signal: AbortSignal): AsyncIterable<string> {
  return createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY, signal });
}

function parsed(text: string, refusal: (cause: unknown) => Error): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refusal(cause);
  }
}

/** The first problem and its position. */
function wrongIn({
  issues,
}: {
  issues: readonly { path: readonly PropertyKey[]; message: string }[];
}): string {
  const [first] = issues;
  const path = first?.path.map(String).join('.') ?? '';
  return `${path === '' ? '' : `${path}: `}${first?.message ?? 'it has the wrong form'}`;
}
