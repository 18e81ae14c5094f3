// What Moose sends to the standard input of the gateway process that it starts: the real keys are nowhere else.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { CloudAccess } from '../../domain/agents/cloud.ts';
import { wireNames } from '../../domain/agents/model-call.ts';

/** What gives access to a cloud, in the form of `src/domain/agents/cloud.ts`. */
const cloudSchema: z.ZodType<CloudAccess> = z.discriminatedUnion('name', [
  z.object({
    name: z.literal('bedrock'),
    region: z.string(),
    credentials: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('keys'),
        accessKeyId: z.string(),
        secretAccessKey: z.string(),
        sessionToken: z.string().nullable(),
      }),
      z.object({ kind: z.literal('profile'), file: z.string(), configFile: z.string(), profile: z.string() }),
      z.object({ kind: z.literal('bearer'), token: z.string() }),
    ]),
  }),
  z.object({
    name: z.literal('vertex'),
    project: z.string(),
    location: z.string(),
    credentials: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('key_file'), file: z.string() }),
      z.object({ kind: z.literal('command'), command: z.string() }),
    ]),
  }),
]);

/** The exit code of a gateway that finds another one already running in its place. */
export const placeTakenExitCode = 3;

export const programInputSchema = z.object({
  /** Where the gateway keeps its address, its log and its socket. */
  directory: z.string(),
  host: z.string(),
  database: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('server'), url: z.string() }),
    /**
     * If set, the gateway adopts the embedded database server in this directory and keeps it running; the last process
     * to leave stops it.
     */
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
      isThinkingWithin: z.boolean().optional(),
      answersAsAsked: z.boolean().optional(),
      billsItsCharge: z.boolean().optional(),
      takesPriceCap: z.boolean().optional(),
      cloud: cloudSchema.optional(),
    }),
  ),
  /** Through which providers are called. */
  proxy: z.partialRecord(z.enum(['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']), z.string()).optional(),
  circuits: z.object({ recoveryTimeoutMs: z.number(), failureThreshold: z.number() }),
  keepsBodies: z.boolean(),
  /**
   * The projects' variables, whose values must not appear in stored bodies: where their file is, and what was passed
   * directly.
   */
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
