// Where Moose's own processes keep compiled code between starts, for those that tests start with a home of their own.
import { homedir } from 'node:os';
import { join } from 'node:path';

/** For their environment: each then starts in half the time. */
export const compiledCode = {
  NODE_COMPILE_CACHE: join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'moose', 'code'),
};
