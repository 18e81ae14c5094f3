// Projects: their address, settings, variables and baseline.
import { z } from '@hono/zod-openapi';
import { loginChoices } from '../../domain/agents/login.ts';
import { mergePolicies } from '../../domain/forge/merge-policy.ts';
import { learningModes } from '../../domain/learning/learning-mode.ts';
import { checkKinds } from '../../domain/work-order/check.ts';
import { subtaskModes } from '../../domain/work-order/subtask.ts';
import { togetherModes } from '../../domain/work-order/together.ts';
import { verifyLevels } from '../../domain/work-order/verify-level.ts';
import { workOrderLimits } from '../../domain/work-order/work-order.ts';
import { agentAssetsSchema, labels, name, personName, time, usd, uuid } from '../base.ts';
import { directorChangeSchema, directorSchema } from './project-director.ts';

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
    base: z
      .string()
      .nullable()
      .openapi({ description: 'The branch that changes start from; null: the default one.' }),
    work_orders: z.number().int(),
    last_used_at: time.nullable(),
    limit_usd: usd
      .nullable()
      .openapi({ description: 'The limit on its total cost; null if it has none of its own.' }),
    used_usd: usd.nullable().openapi({ description: 'What counts against its limit.' }),
    agent: z.string().nullable(),
    model: z.string().nullable(),
    work_order_limit_usd: usd
      .nullable()
      .openapi({ description: 'The maximum cost of a work order that names none; null if not set here.' }),
    time_limit_ms: z.number().int().nullable().openapi({
      description:
        'The time limit of the agent for work orders that do not specify one; null if not set here.',
    }),
    checks: z.array(z.object({ kind: z.string(), command: z.string() })).nullable(),
    reviewer: z.string().nullable().openapi({
      description: 'The model that reviews each change; `none`: nobody; null: not set here.',
    }),
    setup: z.array(z.string()).nullable().openapi({
      description: 'The commands that install what it needs; null: those of the repository.',
    }),
    services: z.record(z.string(), z.unknown()).nullable().openapi({
      description: 'Its services, as in .moose/config.yml; null: those of the repository.',
    }),
    allow_ci_changes: z.boolean(),
    trusted: z.boolean().openapi({
      description:
        'Whether agents get the instructions of any folder, the skills and the servers of the base commit.',
    }),
    user_namespaces: z.boolean().openapi({
      description:
        'Whether programs in its sessions may make user namespaces, as the sandbox of a browser does.',
    }),
    submodules: z.boolean().openapi({ description: 'Whether Moose fills its submodules.' }),
    subtasks: z.enum(subtaskModes).openapi({
      description:
        'Whether its agents may ask for work orders of their own. `ask`: a person approves each one before it starts.',
    }),
    merge: z.enum(mergePolicies).nullable().openapi({
      description: 'When Moose merges its pull requests; null: .moose/config.yml or the setting decides.',
    }),
    verify: z.enum(verifyLevels).nullable().openapi({
      description:
        'How a change with green checks is judged; null: as .moose/config.yml says, otherwise `standard`.',
    }),
    together: z.enum(togetherModes).nullable().openapi({
      description:
        'With which open changes its changes are checked; null: .moose/config.yml or the setting decides.',
    }),
    files: z
      .array(z.string())
      .nullable()
      .openapi({ description: 'Patterns of ignored files to copy; null: those that the repository names.' }),
    labels: z.array(z.string()).nullable().openapi({
      description: 'The labels that a machine must have to run its work orders; null: any machine.',
    }),
    intake_label: z.string().nullable().openapi({
      description: 'Issues of its forge with this label become work orders; null: none do.',
    }),
    forge_programs: z.array(z.string()).nullable().openapi({
      description:
        'Logins of programs whose reviews on its forge count like those of people with write access; null: none.',
    }),
    filters: z.array(z.string()).nullable().openapi({
      description: 'Filters of git that Moose runs for it, outside of sessions; null: none.',
    }),
    agent_hosts: z.array(z.string()).nullable().openapi({
      description: 'Hosts that agents reach besides the gateway; null: none, and no person has decided.',
    }),
    private_hosts: z.array(z.string()).nullable().openapi({
      description:
        'Hosts that setup and checks reach, also at private addresses; null: none, and no person has decided.',
    }),
    login: z.enum(loginChoices).nullable().openapi({
      description:
        "Whether its agents use a person's login; null: as the setting `settings.agents.logins` says.",
    }),
    owner: z.string().nullable().openapi({
      description:
        'The person who gets its questions, unless a person submitted the work order; null: whoever is on call.',
    }),
    learning: z.enum(learningModes).openapi({
      description:
        '`off`: nothing is learned. `shadow`: the learned policy makes choices, which are recorded but not followed; the static rule is followed. `on`: the learned policy is followed once it has enough data.',
    }),
    image: z.string().nullable().openapi({
      description:
        "The container image of the project's sessions; `none` for no image; null for the one that .moose/config.yml names.",
    }),
    director: directorSchema,
  })
  .openapi('Project');
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
export const projectChangeSchema = z
  .strictObject({
    limit_usd: z.number().positive().max(1_000_000).nullable().optional(),
    agent: name.nullable().optional(),
    model: name.nullable().optional(),
    work_order_limit_usd: z.number().positive().max(1_000_000).nullable().optional(),
    time_limit_ms: z.number().int().min(1).max(workOrderLimits.timeLimitMsMax).nullable().optional(),
    checks: z
      .array(z.object({ kind: z.enum(checkKinds), command: z.string().trim().min(1).max(10_000) }))
      .max(20)
      .nullable()
      .optional()
      .openapi({ description: 'Shell commands that run on the machine that runs Moose.' }),
    reviewer: name.nullable().optional().openapi({
      description:
        'The model that reviews each change; `none`: no review; null: the model that .moose/config.yml or the settings name.',
    }),
    setup: z.array(z.string().trim().min(1).max(10_000)).max(50).nullable().optional().openapi({
      description: 'Shell commands that install what it needs; empty: none; null: those of the repository.',
    }),
    services: z.record(z.string(), z.unknown()).nullable().optional().openapi({
      description: 'Its services, as in .moose/config.yml; empty: none; null: those of the repository.',
    }),
    allow_ci_changes: z.boolean().optional(),
    trusted: z.boolean().optional().openapi({
      description:
        'Give agents the instructions of any folder, the skills and the servers of the base commit. Only a person may.',
    }),
    user_namespaces: z.boolean().optional().openapi({
      description: 'Let programs in its sessions make user namespaces. Only a person may.',
    }),
    submodules: z.boolean().optional().openapi({
      description:
        'Fill the submodules that its base commit names, with the logins of the user of Moose. Only a person may.',
    }),
    subtasks: z.enum(subtaskModes).optional().openapi({
      description:
        'Whether its agents may ask for work orders of their own. `ask`: a person approves each one before it starts. Only a person may allow more.',
    }),
    merge: z.enum(mergePolicies).nullable().optional().openapi({
      description: 'When Moose merges its pull requests. Only a person may let it merge.',
    }),
    verify: z.enum(verifyLevels).nullable().optional().openapi({
      description:
        'How a change with green checks is judged; null: as .moose/config.yml says, otherwise `standard`. Only a person may make it less strict.',
    }),
    together: z.enum(togetherModes).nullable().optional().openapi({
      description: 'With which open changes its changes are checked before they are published or merged.',
    }),
    base: name.nullable().optional(),
    files: z.array(name).max(100).nullable().optional().openapi({
      description:
        'Patterns of ignored files to copy into worktrees, instead of those that the repository names; an empty list copies none. Only a person may add patterns.',
    }),
    labels: labels.nullable().optional().openapi({
      description: 'The labels that a machine must have to run its work orders; empty or null: any machine.',
    }),
    intake_label: z.string().trim().min(1).max(50).nullable().optional().openapi({
      description:
        'Issues with this label become work orders, if somebody with write access added the label. Only a person may set it.',
    }),
    forge_programs: z.array(name).max(100).nullable().optional().openapi({
      description:
        'Logins of programs, such as `renovate[bot]`, whose reviews count if they have write access; empty or null: none. Only a person may add one.',
    }),
    filters: z.array(name).max(20).nullable().optional().openapi({
      description:
        "Filters of git (`filter=` in .gitattributes) in the repository's own configuration that Moose runs, outside of sessions; empty or null: none. Only a person may add one.",
    }),
    agent_hosts: z.array(name).max(100).nullable().optional().openapi({
      description: 'Hosts that agents reach besides the gateway; empty: none. Only a person may add one.',
    }),
    private_hosts: z.array(name).max(100).nullable().optional().openapi({
      description:
        'Hosts that setup and checks reach, also at private addresses; empty: none. Only a person may add one.',
    }),
    login: z.enum(loginChoices).nullable().optional().openapi({
      description:
        "`use`: its agents use a person's login where they can; `never`: they use a key; null: as the setting `settings.agents.logins` says. Only a person may let them use one.",
    }),
    owner: personName.nullable().optional().openapi({
      description: 'The person who gets its questions, unless a person submitted the work order.',
    }),
    learning: z.enum(learningModes).nullable().optional().openapi({
      description:
        'Whether the learned policy chooses models and agents; null: `shadow`. Only a person may turn it on.',
    }),
    image: z.string().trim().min(1).max(300).nullable().optional().openapi({
      description:
        "The container image of the project's sessions; `none` for no image; null for the one that .moose/config.yml names. Only a person may set it.",
    }),
    director: directorChangeSchema.nullable().optional().openapi({
      description:
        'What the Director approves alone; null, also for a member: the settings apply. Only a person may let it approve more.',
    }),
  })
  .refine((change) => Object.keys(change).length > 0, 'Must not be empty')
  .openapi('ProjectChange', { minProperties: 1, description: 'Null removes a setting.' });
export const projectsSchema = z.object({ items: z.array(projectSchema) }).openapi('Projects');
export type Project = z.infer<typeof projectSchema>;
