// What Moose sends to the standard input of the gateway process that it starts: the real keys are nowhere else.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { wireNames } from '../domain/model-call.ts';

/** The exit code if another gateway already runs in its place. */
export const placeTakenExitCode = 3;

export const programInputSchema = z.object({
  /** Its address, its log and its socket. */
  directory: z.string(),
  host: z.string(),
  database: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('server'), url: z.string() }),
    /** The embedded server in this directory: adopted, kept running, and stopped by whoever leaves last. */
    z.object({ kind: z.literal('embedded'), directory: z.string(), name: z.string() }),
  ]),
  upstreams: z.array(
    z.object({
      provider: z.string(),
      baseUrl: z.string(),
      saysVersion: z.boolean().optional(),
      apiKey: z.string().nullable(),
      wires: z.array(z.enum(wireNames)),
      isFirstWordTrue: z.boolean().optional(),
    }),
  ),
  circuits: z.object({ recoveryTimeoutMs: z.number(), failureThreshold: z.number() }),
  keepsBodies: z.boolean(),
  /** Of the projects' variables, which must not be in kept bodies: where the file is, and what was given. */
  secretsKey: z.object({ dataDirectory: z.string(), given: z.string().nullable() }).optional(),
  logLevel: z.string(),
});

export type ProgramInput = z.infer<typeof programInputSchema>;

const nameLength = 12;

/**
 * A gateway's name depends on its whole configuration: a different configuration gets another gateway, and running
 * sessions keep theirs.
 */
export function gatewayName(input: Omit<ProgramInput, 'directory'>): string {
  return createHash('sha256').update(JSON.stringify(input)).digest('hex').slice(0, nameLength);
}
