// A folder where Moose's processes keep compiled code between starts, for processes that tests start with another home.
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Environment variables with which such a process starts in half the time. */
export const compiledCode = {
  NODE_COMPILE_CACHE: join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'moose', 'code'),
};
