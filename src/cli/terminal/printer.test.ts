import { expect, onTestFinished, test, vi } from 'vitest';
import { PermanentError } from '../../domain/failure.ts';
import { createPrinter, printError } from './printer.ts';

/** Captures stdout and stderr, which are not terminals here. */
function listen(): { out: () => string; err: () => string } {
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    const spy = vi.spyOn(process[name], 'write').mockImplementation((text) => {
      texts[name] += String(text);
      return true;
    });
    onTestFinished(() => spy.mockRestore());
  }
  return { out: () => texts.stdout, err: () => texts.stderr };
}

test('a program gets one JSON document and nothing else', () => {
  const { out, err } = listen();
  const printer = createPrinter(true);
  printer.note('working');
  printer.print({ title: 'a\x9b2Jb' }, () => 'for a person');
  expect(JSON.parse(out())).toEqual({ title: 'a\x9b2Jb' });
  expect(out()).not.toContain('\x9b');
  expect(err()).toBe('');
});

test('streamed output is JSON lines, or lines for a person', () => {
  const { out } = listen();
  createPrinter(true).stream({ n: 1 }, () => 'one');
  createPrinter(false).stream({ n: 1 }, () => 'one\x1b[2J');
  expect(out()).toBe('{"n":1}\none[2J\n');
});

test('progress for a person goes to stderr', () => {
  const { out, err } = listen();
  const printer = createPrinter(false);
  printer.note('working\x07');
  printer.print({}, () => ['first', 'second']);
  expect([out(), err()]).toEqual(['first\nsecond\n', 'working\n']);
});

test('fear: a patch that is piped to git does not apply', () => {
  const { out } = listen();
  // The patch contains an empty context line, a Windows line end and a form feed.
  const patch = '--- a\n+++ b\n@@ -1,2 +1,3 @@\n+\x0cx\r\n a\n \n';
  createPrinter(false).printExactly({ patch }, patch);
  expect(out()).toBe(patch);
});

test('R-FAIL-1: an error is a sentence, what to do, and its code', () => {
  const { err } = listen();
  const error = new PermanentError({
    code: 'NO_SUCH',
    component: 'cli',
    operation: 'test',
    message: 'There is no "\x1b[2J"',
    advice: 'Look again.',
  });
  printError(error, false);
  expect(err()).toContain('There is no "[2J". Look again. [NO_SUCH]\n');
  printError(error, true);
  expect(JSON.parse(err().split('\n')[1] ?? '')).toEqual({
    error: { code: 'NO_SUCH', message: 'There is no "\x1b[2J"', advice: 'Look again.' },
  });
});

test('R-SEC-2: the stack of an unknown error cannot control the terminal', () => {
  const { err } = listen();
  printError(new RangeError('\x1b]0;owned\x07'), false);
  expect(err()).toContain('This is a bug in Moose');
  expect(err()).toContain('RangeError');
  expect(err()).not.toContain('\x1b]');
});

test('R-FAIL-1: fear: a full disk or a missing permission is reported as a bug in Moose', () => {
  const { err } = listen();
  const cause = Object.assign(new Error("EACCES: permission denied, open '/srv/x'"), { code: 'EACCES' });
  printError(cause, false);
  expect(err()).toMatch(/^moose: Permission .+'\/srv\/x'.+ \[FILE_NOT_ALLOWED\]\n$/);
});
