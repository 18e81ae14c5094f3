import { expect, test } from 'vitest';
import type { Output, Problem } from '../../../../src/api/contract.ts';
import { ProblemError } from '../../api/call.ts';
import { type AskOutput, followLimits, followOutput } from './follow-output.ts';

const pageBytes = 64 * 1024;

function reading(file: { text: string; isOver: boolean }): AskOutput {
  return async (offset): Promise<Output> => {
    const text = file.text.slice(offset, offset + pageBytes);
    const nextOffset = offset + text.length;
    return {
      session_id: 's',
      stream: 'stdout',
      ...{ text, offset, next_offset: nextOffset, size: file.text.length, is_here: true },
      is_over: file.isOver && nextOffset >= file.text.length,
    };
  };
}

const problem = (status: number): Problem => ({
  ...{ type: 'urn:x', title: 'X', status, detail: 'No.', code: 'X', advice: '' },
});

test('all of it is read, page by page, until it is over', async () => {
  const text = 'x'.repeat(pageBytes * 3 + 17);
  let got = '';
  await followOutput(reading({ text, isOver: true }), ({ output }) => (got += output.text), {
    signal: AbortSignal.timeout(5_000),
  });
  expect(got).toBe(text);
});

test('of what is long already the end alone is read', async () => {
  const text = `${'a'.repeat(3_000_000)}end`;
  let got = '';
  const gaps: boolean[] = [];
  await followOutput(
    reading({ text, isOver: true }),
    ({ output, isAfterGap }) => {
      got += output.text;
      gaps.push(isAfterGap);
    },
    { signal: AbortSignal.timeout(5_000) },
  );
  expect(got.length).toBe(followLimits.backBytes);
  expect(got.endsWith('end')).toBe(true);
  expect(gaps.filter(Boolean)).toHaveLength(1);
});

test('what is written later comes too, and a server that was away for a moment is asked again', async () => {
  const file = { text: 'one\n', isOver: false };
  const ask = reading(file);
  let calls = 0;
  let got = '';
  await followOutput(
    async (offset, signal) => {
      calls++;
      if (calls === 2) throw new ProblemError(problem(503));
      if (calls === 3) Object.assign(file, { text: 'one\ntwo\n', isOver: true });
      return ask(offset, signal);
    },
    ({ output }) => (got += output.text),
    { signal: AbortSignal.timeout(5_000), pollMs: 1 },
  );
  expect(got).toBe('one\ntwo\n');
});

test('what the server refuses is told, and not asked for ever', async () => {
  const refused = followOutput(
    () => Promise.reject(new ProblemError(problem(404))),
    () => undefined,
    { signal: AbortSignal.timeout(5_000) },
  );
  await expect(refused).rejects.toThrow('No.');
});

test('it stops with its signal, also while it waits', async () => {
  const stop = new AbortController();
  const ask = reading({ text: 'one\n', isOver: false });
  await followOutput(ask, () => stop.abort(), { signal: stop.signal, pollMs: 60_000 });
  expect(stop.signal.aborted).toBe(true);
});
