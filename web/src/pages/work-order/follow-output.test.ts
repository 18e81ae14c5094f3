import { expect, test } from 'vitest';
import type { Output, Problem } from '../../../../src/contract/contract.ts';
import { ProblemError } from '../../api/call.ts';
import { type AskOutput, followLimits, followOutput } from './follow-output.ts';

const pageBytes = 64 * 1024;

function reading(file: { text: string; isOver: boolean }): AskOutput<Output> {
  return async (offset): Promise<Output> => {
    const text = file.text.slice(offset, offset + pageBytes);
    const nextOffset = offset + text.length;
    return {
      session_id: 's',
      stream: 'stdout',
      text,
      offset,
      next_offset: nextOffset,
      size: file.text.length,
      is_here: true,
      is_over: file.isOver && nextOffset >= file.text.length,
    };
  };
}

const problem = (status: number): Problem => ({
  type: 'urn:x',
  title: 'X',
  status,
  detail: 'No.',
  code: 'X',
  advice: '',
});

test('all output is read page by page until the session ends', async () => {
  const text = 'x'.repeat(pageBytes * 3 + 17);
  let got = '';
  await followOutput(reading({ text, isOver: true }), ({ output }) => (got += output.text), {
    signal: AbortSignal.timeout(5_000),
  });
  expect(got).toBe(text);
});

test('only the end of long output is read', async () => {
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

test('later output arrives too, and a short outage is retried', async () => {
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

test('a refusal by the server is reported, not retried', async () => {
  const refused = followOutput(
    () => Promise.reject(new ProblemError(problem(404))),
    () => undefined,
    { signal: AbortSignal.timeout(5_000) },
  );
  await expect(refused).rejects.toThrow('No.');
});

test('it stops when its signal aborts, also while it waits', async () => {
  const stop = new AbortController();
  const ask = reading({ text: 'one\n', isOver: false });
  await followOutput(ask, () => stop.abort(), { signal: stop.signal, pollMs: 60_000 });
  expect(stop.signal.aborted).toBe(true);
});

test('R-DIST-3: output that another machine has not stored yet arrives when it has', async () => {
  const file = { text: '', isOver: false };
  const ask = reading(file);
  let calls = 0;
  let got = '';
  await followOutput(
    async (offset, signal) => {
      calls++;
      if (calls === 2) Object.assign(file, { text: 'from afar\n', isOver: true });
      return { ...(await ask(offset, signal)), is_here: calls > 1 };
    },
    ({ output }) => (got += output.text),
    { signal: AbortSignal.timeout(5_000), pollMs: 1 },
  );
  expect(got).toBe('from afar\n');
});
