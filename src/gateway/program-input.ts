// What a gateway's process is told by the Moose that starts it, over its standard input: the real keys stand nowhere else.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { wireNames } from '../domain/model-call.ts';

/** How its process ends where another gateway is in its place. */
export const placeTakenExitCode = 3;

export const programInputSchema = z.object({
  /** Its address, its log and its socket. */
  directory: z.string(),
  host: z.string(),
  database: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('server'), url: z.string() }),
    /** The embedded server of this directory: adopted, kept up, and stopped by whoever leaves it last. */
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
  logLevel: z.string(),
});

export type ProgramInput = z.infer<typeof programInputSchema>;

const nameLength = 12;

/** Names a gateway by all that it is told: who is set up otherwise gets another one, and sessions keep theirs. */
export function gatewayName(input: Omit<ProgramInput, 'directory'>): string {
  return createHash('sha256').update(JSON.stringify(input)).digest('hex').slice(0, nameLength);
}
