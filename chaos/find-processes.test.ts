import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { sessionProcessesOf } from './find-processes.ts';

test.each([
  ['/scratch-of-test/data/homes/0123abcd', true],
  ['/scratch-of-test/data', true],
  ['/ada/scratch-of-test/data/homes/0123abcd', false],
  ['/scratch-of-test/data-of-ada/homes/0123abcd', false],
  ['/scratch-of-test/data.old', false],
])(
  'R-CHA-1: fear: chaos kills the sessions of a Moose whose folder has a similar name: %s',
  async (home, isOwn) => {
    const one = spawn('sleep', ['60'], {
      env: { PATH: process.env.PATH, MOOSE_SESSION: 'of-test', HOME: home },
    });
    try {
      await once(one, 'spawn');
      const pids = (await sessionProcessesOf('/scratch-of-test/data')).map(({ pid }) => pid);
      expect(pids.includes(one.pid ?? 0)).toBe(isOwn);
    } finally {
      one.kill('SIGKILL');
    }
  },
);
