// Settings (R-UI-4): their description, current value, history, and who changed them.
import { z } from '@hono/zod-openapi';
import { settingGroups, settingKinds, settingSources } from '../../domain/limits/setting.ts';
import { apiRoles } from '../../domain/people/api-role.ts';
import { name, pageOf, time } from '../base.ts';

export const settingSchema = z
  .object({
    key: z.string().openapi({ example: 'settings.models.light' }),
    group: z.enum(settingGroups),
    title: z.string(),
    help: z.string(),
    kind: z.enum(settingKinds),
    min: z.number().nullable(),
    max: z.number().nullable(),
    choices: z
      .array(z.string())
      .nullable()
      .openapi({ description: 'The values of a choice, the models, or the agents.' }),
    value: z.unknown(),
    default: z.unknown().openapi({ description: 'The value that applies if it is not changed here.' }),
    source: z.enum(settingSources).openapi({ description: 'Where the value comes from.' }),
    environment: z
      .string()
      .nullable()
      .openapi({ description: 'The environment variable that sets the default.' }),
    version: z.number().int().openapi({ description: '0 if it was never changed here.' }),
    changed_by: z.string().nullable(),
    changed_at: time.nullable(),
  })
  .openapi('Setting');
export type Setting = z.infer<typeof settingSchema>;
export const settingsSchema = z.object({ items: z.array(settingSchema) }).openapi('Settings');

export const settingChangeSchema = z
  .strictObject({
    value: z.unknown().openapi({ description: 'Null resets it to the default.' }),
    expected_version: z
      .number()
      .int()
      .optional()
      .openapi({ description: 'The change is refused if the setting has changed since this version.' }),
  })
  .openapi('SettingChange');

export const settingVersionSchema = z
  .object({
    version: z.number().int(),
    value: z.unknown(),
    changed_by: z.string(),
    changed_at: time,
  })
  .openapi('SettingVersion');
export type SettingVersion = z.infer<typeof settingVersionSchema>;
export const settingHistoryPage = pageOf(settingVersionSchema, 'SettingHistory');

export const modelSchema = z
  .object({
    name: z.string(),
    provider: z.string(),
    tiers: z.array(z.enum(['light', 'standard', 'strong'])),
    has_key: z.boolean(),
    input_usd_per_million: z.number().nullable(),
    output_usd_per_million: z.number().nullable(),
    circuit: z.enum(['closed', 'open', 'half_open']),
  })
  .openapi('Model');
export type Model = z.infer<typeof modelSchema>;
export const modelsSchema = z.object({ items: z.array(modelSchema) }).openapi('Models');
export const agentSchema = z
  .object({
    name: z.string(),
    is_default: z.boolean(),
    is_installed: z.boolean().openapi({
      description:
        'Whether the machine that answers has its program; always true for `patch`, which is built in.',
    }),
    version: z.string().nullable().openapi({ description: 'The version of that program.' }),
    tested_version: z.string().nullable().openapi({ description: 'The version that Moose is tested with.' }),
    calls_models: z.boolean(),
    circuit: z.enum(['closed', 'open', 'half_open']),
    runs_24h: z.number().int(),
    good_24h: z.number().int(),
    last_success: time.nullable(),
    login: z
      .object({
        is_used: z.boolean().openapi({ description: 'Whether its sessions use the login; set by a person.' }),
        is_there: z.boolean().openapi({ description: 'Whether the machine that answers has a login.' }),
        host: z.string(),
        runs: z.number().int().openapi({ description: 'On that machine, in the window of the limits.' }),
        time_ms: z.number().int(),
        tokens: z.number().int(),
        /** When the login can be used again; null if it can be used now. */
        waits_until: time.nullable(),
        waits_for: z.enum(['runs', 'time', 'tokens', 'provider']).nullable().openapi({
          description: 'The limit that is reached; `provider`: the usage limit of the subscription.',
        }),
      })
      .nullable()
      .openapi({ description: 'Null: its program cannot use a login.' }),
  })
  .openapi('Agent');
export type Agent = z.infer<typeof agentSchema>;
export const agentsSchema = z.object({ items: z.array(agentSchema) }).openapi('Agents');

export const auditEntrySchema = z
  .object({
    id: z.string(),
    at: time,
    actor: z.string(),
    act: z.string(),
    subject: z.string().nullable(),
    detail: z.unknown(),
  })
  .openapi('AuditEntry');
export type AuditEntry = z.infer<typeof auditEntrySchema>;
export const auditPage = pageOf(auditEntrySchema, 'AuditLog');

export const apiRole = z.enum(apiRoles);
export const tokenSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    role: apiRole,
    person: z.string().nullable().openapi({ description: 'Who signs in with it; null for a program.' }),
    created_by: z.string(),
    created_at: time,
    last_used_at: time.nullable(),
    revoked_at: time.nullable(),
  })
  .openapi('Token');
export type Token = z.infer<typeof tokenSchema>;
export const tokensSchema = z.object({ items: z.array(tokenSchema) }).openapi('Tokens');
export const newTokenSchema = z
  .strictObject({ name, role: apiRole.default('operator'), person: name.optional() })
  .openapi('NewToken');
export type NewToken = z.infer<typeof newTokenSchema>;
export const createdTokenSchema = tokenSchema
  .extend({ token: z.string().openapi({ description: 'Shown only once.' }) })
  .openapi('CreatedToken');

export const signInSchema = z
  .object({
    token: z.string().min(1).max(200),
    brief: z.boolean().optional().openapi({
      description: 'For a single command: the session ends 15 minutes after its last request.',
    }),
    keep: z.boolean().optional().openapi({
      description: 'Refuse if another person is signed in with the cookie of this request.',
    }),
  })
  .openapi('SignIn');
export const waysToSignInSchema = z.object({ token: z.boolean(), oidc: z.boolean() }).openapi('WaysToSignIn');
export const meSchema = z
  .object({
    name: z.string(),
    actor: z.string().openapi({ example: 'human:ada' }),
    role: apiRole,
    is_person: z.boolean(),
    version: z.string(),
    executors: z.number().int().openapi({ description: 'Moose processes that are working now.' }),
    is_scripted: z.boolean().openapi({ description: 'Only the scripted model is available.' }),
    is_demo: z.boolean().openapi({ description: 'A demo: faults can be injected into it.' }),
  })
  .openapi('Me');
export type Me = z.infer<typeof meSchema>;
