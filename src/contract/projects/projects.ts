// Projects: their address, and what applies to their next work order.
import { z } from '@hono/zod-openapi';
import { agentAssetsSchema, name, time, usd, uuid } from '../base.ts';
import { shownSettingSchemas } from './project-settings.ts';

export const projectSchema = z
  .object({
    id: uuid,
    name: z.string(),
    repository_path: z
      .string()
      .nullable()
      .openapi({ description: 'Null for a remote: each machine has a mirror of it.' }),
    remote_url: z.string().nullable(),
    default_branch: z
      .string()
      .nullable()
      .openapi({ description: "The remote's default branch, when Moose last read it." }),
    work_orders: z.number().int(),
    last_used_at: time.nullable(),
    used_usd: usd.nullable().openapi({ description: 'What counts against its limit.' }),
    ...shownSettingSchemas,
  })
  .openapi('Project');
export type Project = z.infer<typeof projectSchema>;
export const projectsSchema = z.object({ items: z.array(projectSchema) }).openapi('Projects');
export const newProjectSchema = z
  .strictObject({
    repository: z.string().min(1).max(4_096).openapi({
      description: 'The address of a remote, or an absolute path on the machine that runs Moose.',
      example: 'https://github.com/acme/api',
    }),
    name: name.optional(),
    base: name.optional(),
  })
  .openapi('NewProject');
export type NewProject = z.infer<typeof newProjectSchema>;
export const addedProjectSchema = z
  .object({ project: projectSchema, warnings: z.array(z.string()) })
  .openapi('AddedProject');
export type AddedProject = z.infer<typeof addedProjectSchema>;
export const removedProjectSchema = z
  .object({
    id: uuid,
    name: z.string(),
    work_orders: z.number().int().openapi({ description: 'They stay, with their costs and results.' }),
    kept: z.array(z.string()).openapi({ description: 'What was not removed, in words.' }),
    variables_deleted: z.number().int().openapi({ description: 'Its variables and secrets are deleted.' }),
  })
  .openapi('RemovedProject');
export type RemovedProject = z.infer<typeof removedProjectSchema>;
const sourced = z.object({
  key: z.string(),
  value: z.string(),
  source: z.enum(['run', 'work order', 'project', 'file', 'found', 'default']),
});
/** The values that apply to a project's next work order, with their sources. */
export const projectValuesSchema = z
  .object({
    /** The commit whose files were read; null if they cannot be read here. */
    commit: z.string().nullable(),
    /** Why the files or `.moose/config.yml` cannot be read. */
    problem: z.string().nullable(),
    values: z.array(sourced),
    files: z
      .object({
        names: z.array(z.string()).openapi({ description: 'The first of them.' }),
        total: z.number().int(),
        likely_secrets: z.array(z.string()).openapi({ description: 'Those that seem to hold secrets.' }),
        left_out: z.array(z.object({ path: z.string(), because: z.string() })),
        problem: z.string().nullable().openapi({ description: 'Why no file is copied, and what to do.' }),
      })
      .nullable()
      .openapi({
        description:
          'Ignored files of the checkout that are copied into each worktree, where setup, checks and agents can read them. Null: none is named.',
      }),
    unconfirmed_hosts: z
      .object({ agents: z.array(z.string()), private: z.array(z.string()) })
      .nullable()
      .openapi({
        description:
          'What `.moose/config.yml` asks for and no person has confirmed: hosts for agents, and hosts at private addresses. Work orders run without them. Null: nothing.',
      }),
    assets: agentAssetsSchema.nullable().openapi({
      description:
        'What that commit has for agents; they get it if the project is trusted. Null: the files cannot be read here.',
    }),
    prepared: z
      .object({
        state: z.enum(['ready', 'likely', 'missing', 'off']).openapi({
          description:
            'Whether this machine keeps the result of its setup. `likely`: from another environment or toolchain than that of this process. `off`: nothing is kept.',
        }),
        bytes: z.number().int().nullable(),
        made_at: time.nullable(),
        used_at: time.nullable(),
      })
      .nullable()
      .openapi({ description: 'Null: there is no setup, or the files cannot be read here.' }),
    /** The project's repository on this machine; `is_there` is false until the first work order fetches it. */
    here: z.object({ host: z.string(), path: z.string(), is_there: z.boolean() }),
  })
  .openapi('ProjectValues');
export type ProjectValuesView = z.infer<typeof projectValuesSchema>;
export const baselineSchema = z
  .object({
    base_sha: z.string().nullable().openapi({ description: 'Null: no check was compared with a base yet.' }),
    checks: z.array(
      z.object({
        command: z.string(),
        passed: z.boolean(),
        failures: z.array(z.string()).openapi({ description: 'The first failures, in words.' }),
        failures_total: z.number().int(),
        checked_at: time,
      }),
    ),
  })
  .openapi('Baseline');
export type Baseline = z.infer<typeof baselineSchema>;
