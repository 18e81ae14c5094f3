import { expect, test } from 'vitest';
import { heldByOthers, tooSlow } from './start-failure.ts';

test('a server that cannot start says what to do', () => {
  const exited = {
    kind: 'exited',
    sqlStates: new Set<string>(),
    logTail: 'FATAL',
    exitCode: 1,
    exitSignal: null,
    spawnError: null,
  } as never;
  expect(heldByOthers('/data', exited, 5_400)).toMatchObject({
    code: 'EMBEDDED_OLD_PROCESSES',
    message: expect.stringContaining('after 5 s'),
    advice: expect.stringContaining('/data'),
  });
  expect(tooSlow('/data', 'LOG')).toMatchObject({
    code: 'EMBEDDED_START_SLOW',
    metadata: { logTail: 'LOG' },
  });
});
