// For tests: a Moose that starts one session and may be killed at any moment.
//   node crash-starter.fixture.ts DIRECTORY CWD PROGRAM [ARGUMENT...]
// Prints `starting` before the start and the handle after it; then it keeps running.

import { writeSync } from 'node:fs';
import { shellEnv } from './scratch-sessions.fixture.ts';
import { startProcess } from './start-process.ts';

const stayMs = 60_000;

const [directory = '', cwd = '', program = '', ...rest] = process.argv.slice(2);
writeSync(1, 'starting\n');
const handle = await startProcess({ directory, cwd, argv: [program, ...rest], env: shellEnv });
writeSync(1, `${JSON.stringify(handle)}\n`);
setTimeout(() => undefined, stayMs);
