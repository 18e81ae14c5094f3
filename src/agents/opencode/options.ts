import type { ProgramPlace } from '../program.ts';

/** The number of OpenCode's retries cannot be set: about nine within a minute. */
export type OpenCodeOptions = Partial<ProgramPlace>;

export type OpenCodeSettings = Required<OpenCodeOptions>;
