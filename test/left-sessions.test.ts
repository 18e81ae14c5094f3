import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchDirectory } from '../src/git/scratch-repository.fixture.ts';
import { startProcess } from '../src/sessions/start-process.ts';
import { isProcessAlive } from '../src/sessions/survey.ts';
import { endSessions } from './e2e/left-sessions.fixture.ts';

test('fear: an install that nobody waits for outlives its test, with the processes that it has started', async () => {
  const data = scratchDirectory();
  const start = (name: string, script: string) => {
    const directory = join(data, 'sessions', name);
    mkdirSync(directory, { recursive: true });
    return startProcess({ directory, argv: ['/bin/sh', '-c', script], env: {}, cwd: data });
  };
  const running = await start('one', 'setsid sleep 600 & sleep 600');
  const over = await start('two', 'true');
  await expect.poll(() => isProcessAlive(over)).toBe(false);
  expect(await endSessions(data)).toBe(1);
  expect(await isProcessAlive(running)).toBe(false);
  expect(await endSessions(data)).toBe(0);
  expect(await endSessions(join(data, 'never-used'))).toBe(0);
});
