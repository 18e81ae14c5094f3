import { z } from 'zod';

/** Values that were read from the output of a failure; those of the first diagnostic if there are several. */
export const failureContextSchema = z.object({
  file: z.string().exactOptional(),
  line: z.number().exactOptional(),
  column: z.number().exactOptional(),
  errorCode: z.string().exactOptional(),
  /** Titles of failing tests, without the titles of their groups. */
  testNames: z.array(z.string()).exactOptional(),
  package: z.string().exactOptional(),
  retryAfterS: z.number().exactOptional(),
  httpStatus: z.number().exactOptional(),
  /** The exit code of a process that the command started. */
  exitCode: z.number().exactOptional(),
  /** The signal that ended the process, or a process that it started, such as `SIGKILL`. */
  signal: z.string().exactOptional(),
});
export type FailureContext = z.infer<typeof failureContextSchema>;
