// For tests: a Moose that starts one isolated session, under any user, and may be killed at any moment.
//   node isolated-start.fixture.ts DIRECTORY CWD WISH PORT SOCKET PROGRAM [ARGUMENT...]
// Prints what the probe said, and the level and handle, or the failure; then it keeps running until it is ended.

import { writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { isMooseError } from '../../domain/failure.ts';
import type { IsolationSetting } from '../../domain/machine/session.ts';
import { shellEnv } from '../scratch-sessions.fixture.ts';
import { startProcess } from '../start-process.ts';
import { isolate } from './isolate.ts';
import { probeIsolation } from './probe-isolation.ts';

const stayMs = 60_000;

const [directory = '', cwd = '', wish = '', port = '', socketPath = '', program = '', ...rest] =
  process.argv.slice(2);
const { way: _, ...probe } = await probeIsolation();
const line = await isolate({
  argv: [program, ...rest],
  env: shellEnv,
  cwd,
  network: { port: Number(port), socketPath },
  files: async () => ({
    sessionPath: directory,
    userHome: homedir(),
    dataDirectory: dirname(directory),
    hidden: [],
    shown: [{ path: cwd, sight: 'write' }],
    granted: [],
    homePath: null,
  }),
  wish: wish as IsolationSetting,
})
  .then(async ({ argv, level }) => ({
    probe,
    level,
    handle: await startProcess({ directory, cwd, argv, env: shellEnv }),
  }))
  .catch((error: unknown) => {
    if (!isMooseError(error)) throw error;
    return { probe, error: { code: error.code, message: error.message, advice: error.advice } };
  });
writeSync(1, `${JSON.stringify(line)}\n`);
setTimeout(() => undefined, stayMs);
