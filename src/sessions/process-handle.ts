import { z } from 'zod';

export const processHandleSchema = z.object({
  directory: z.string(),
  /** The wrapper's; also the id of the process group and of the session (setsid). */
  pid: z.int().positive(),
  /** Clock ticks since boot at which the process began: with `bootId` it tells a reused pid apart. */
  startTicks: z.int().nonnegative(),
  bootId: z.string(),
  host: z.string(),
  /** The value of MOOSE_SESSION in the environment of everything this session starts. */
  cookie: z.string(),
  startedAt: z.iso.datetime(),
  /** The hash of what the wrapper puts into its exit file; absent for one that an older Moose has started. */
  seal: z.string().optional(),
  /** Whether the kernel's lock was taken: not where flock(1) is missing. */
  hasLock: z.boolean(),
});

/** How a process is found again, by any Moose, after any crash. JSON. */
export type ProcessHandle = z.infer<typeof processHandleSchema>;
