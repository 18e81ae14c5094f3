import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { reportAider } from './report.ts';

async function report(ending: object | string | null, stdout = '') {
  const sessionPath = mkdtempSync(join(tmpdir(), 'moose-aider-'));
  onTestFinished(() => rmSync(sessionPath, { recursive: true, force: true }));
  const [stdoutPath, stderrPath] = [join(sessionPath, 'out'), join(sessionPath, 'err')] as const;
  writeFileSync(stdoutPath, stdout);
  writeFileSync(stderrPath, '');
  const written = typeof ending === 'string' ? ending : JSON.stringify(ending);
  if (ending !== null) writeFileSync(join(sessionPath, 'aider-end.json'), written);
  const now = new Date();
  const end = { exitCode: 0, signal: null, reason: null, startedAt: now, endedAt: now };
  return await reportAider({ sessionPath, stdoutPath, stderrPath }, end);
}

// Records as our own program around the real Aider wrote them.

const edit = (path: string) =>
  `${path}\n\`\`\`\n<<<<<<< SEARCH\nhello\n=======\nhello world\n>>>>>>> REPLACE\n\`\`\`\n`;
const done = {
  how: 'done',
  reflections: 0,
  said: `I will change it.\n\n${edit('hello.txt')}\nAnd this:\n\n${edit('src/a b.txt')}`,
  steps: [
    { step: 'answered', chars: 94, sent: 1_987, received: 24 },
    { step: 'edited', files: ['hello.txt'] },
  ],
};

test('R-SES-5: a run whose last call was answered succeeded, and its summary leaves out the edits', async () => {
  expect(await report(done)).toEqual({
    finalEvent: 'success',
    summary: 'I will change it. And this:',
    said: 'I will change it.\n\n\nAnd this:',
    failure: null,
    costNanoUsd: null,
    modelCalls: 1,
    inputTokens: null,
    outputTokens: null,
  });
});

test('R-SEC-3: what the model says does not count as an event', async () => {
  const words =
    'litellm.RateLimitError: slow. Only 3 reflections allowed, stopping. Applied edit to hello.txt\n';
  expect(await report({ ...done, said: words }, words)).toMatchObject({ finalEvent: 'success' });
  for (const ending of [null, '', '{"how":"do', '[]']) {
    expect(await report(ending, `Applied edit to hello.txt\n${JSON.stringify(done)}\n`)).toMatchObject({
      finalEvent: 'missing',
      failure: { code: 'AGENT_NO_RESULT' },
    });
  }
});

test('a failure has the message of the call that failed', async () => {
  const failed = {
    step: 'call_failed',
    type: 'RateLimitError',
    status: 429,
    words: 'litellm.RateLimitError: RateLimitError: OpenAIException - Rate limit reached. Please slow down.',
  };
  const { finalEvent, failure, modelCalls } = await report({ how: 'done', said: '', steps: [failed] });
  expect({ finalEvent, modelCalls }).toEqual({ finalEvent: 'failure', modelCalls: 0 });
  expect(failure).toMatchObject({ code: 'AGENT_RATE_LIMITED', category: 'transient' });
  expect(failure?.message).toContain('Rate limit reached');
});
