// What `moose init --json` prints.
import { z } from '@hono/zod-openapi';

/** The output of `moose init`. */
export const printedInitSchema = z.object({
  repository_path: z.string(),
  head_sha: z.string(),
  commands: z.array(
    z.object({
      kind: z.string(),
      command: z.string(),
      source: z.string(),
      why: z.string(),
      /** True if Moose uses the command even without a project file. */
      is_certain: z.boolean(),
      depends_on: z.array(z.string()),
      /** Null if no run of the command was requested. */
      proof: z
        .object({
          outcome: z.enum(['passed', 'failed', 'timed_out', 'not_run']),
          duration_ms: z.number(),
          exit_code: z.number().nullable(),
          isolation: z.string().nullable(),
          /** What the command tried to reach but could not, as HOST:PORT (TIMES). */
          refused: z.string().nullable(),
          output_tail: z.string(),
        })
        .nullable(),
    }),
  ),
  /** Registries that its files name: proposed as `egress`. */
  hosts: z.array(z.object({ host: z.string(), is_private: z.boolean(), source: z.string() })),
  /** What its CI or its compose file says that the checks need: proposed as `services`. */
  services: z.array(
    z.object({
      name: z.string(),
      command: z.string(),
      source: z.string(),
      /** Null if it was not tried. */
      proof: z.object({ is_ready: z.boolean(), duration_ms: z.number(), output_tail: z.string() }).nullable(),
    }),
  ),
  agents: z.array(z.object({ name: z.string(), is_installed: z.boolean(), version: z.string().nullable() })),
  agent: z.string().nullable(),
  /** The text for `.moose/config.yml`. */
  config: z.string(),
  is_written: z.boolean(),
});
export type PrintedInit = z.infer<typeof printedInitSchema>;
