// What a check prints is hostile: reading it takes a bounded time, whatever it looks like (R-GREEN-3).
import { expect, test } from 'vitest';
import { readCaches } from './printed/read-caches.ts';
import { readOutput, uncoloured } from './read-output.ts';

const chars = 8 * 1024 * 1024;
const part = 4;
/** Four times the output takes four times as long, and not sixteen times; what takes no time shows nothing. */
const growthMax = 8;
const noticedMs = 200;
const filled = (piece: string) => piece.repeat(Math.ceil(chars / piece.length)).slice(0, chars);

test.each([
  ['one long line', filled('x')],
  ['one line of spaces', filled(' ')],
  ['near ends of packages', filled('ok  \tp\t(cach\n')],
  ['tests of Go that never end', filled('=== RUN   Test\n')],
  ['near summaries of pytest', filled('== 1 passed, 2 failed in \n')],
  ['near lines of TAP', filled('ok 1 - a # SKIP\nnot ok\n')],
  ['plans of TAP', filled('1..1\n')],
  ['near results of Rust', filled('running 1 test\ntest a ... ok, \ntest result: ok\n')],
  ['near lines of vitest', filled(' ✓ a.test.ts > b > c 1ms\n × a\n')],
  ['near lines of mocha', filled('  ✓ a (1ms\n    1) b\n')],
  ['near lines of jest', filled('PASS a.test.js\nTests: 1 passed\n● a › b\n')],
  ['near caches', filled('cache hit, replaying log\n> Task :test UP-TO\nmake: `x\n')],
  ['near lines of unittest', filled('test_a (t.T) ... ok\nRan 1 test in\n')],
  ['near lines of maven', filled('Tests run: 1, Failures: 0, Errors: 0, Skipped: \n')],
  ['colours', filled('\u001b[31')],
  ['open brackets', filled('([{<')],
])('R-GREEN-3: 8 MB of output are read in a time that grows with their length: %s', (_, output) => {
  const [short, long] = [msToRead(output.slice(0, chars / part)), msToRead(output)];
  expect(long).toBeLessThan(Math.max(noticedMs, short) * growthMax);
});

function msToRead(output: string): number {
  const startedAt = process.cpuUsage();
  const startedMs = performance.now();
  readOutput(output, []);
  readCaches(uncoloured(output), false);
  const wallMs = performance.now() - startedMs;
  // By the clock, other work on the machine would count; by the processor, other threads of this process.
  return Math.min(wallMs, process.cpuUsage(startedAt).user / 1_000);
}
