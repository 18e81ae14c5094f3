import { z } from 'zod';

export const processHandleSchema = z.object({
  directory: z.string(),
  /** The wrapper's PID; also the ID of the process group and of the session (setsid). */
  pid: z.int().positive(),
  /** Clock ticks since boot when the process began: with `bootId` it distinguishes a reused PID. */
  startTicks: z.int().nonnegative(),
  bootId: z.string(),
  host: z.string(),
  /** The value of MOOSE_SESSION in the environment of everything that this session starts. */
  cookie: z.string(),
  startedAt: z.iso.datetime(),
  /** The hash of the secret in the wrapper's exit file; absent if an older Moose started it. */
  seal: z.string().optional(),
  /** Whether flock(1) was there, for a lock that is a file. */
  hasLock: z.boolean(),
});

/** A handle by which any Moose finds a process again after any crash; JSON. */
export type ProcessHandle = z.infer<typeof processHandleSchema>;
