// Forges that people registered, and what Moose may do there.
import { z } from '@hono/zod-openapi';
import { mergeMethods, registeredKinds } from '../../domain/forge/forge.ts';
import { nameCharsMax, name as shortName, time } from '../base.ts';

const pathCharsMax = 4_096;

const secretSource = z.discriminatedUnion('source', [
  z.strictObject({ source: z.literal('env'), name: shortName }),
  z.strictObject({ source: z.literal('file'), path: z.string().min(1).max(pathCharsMax) }),
]);

/** Where each machine finds the credential; the credential itself is never sent or stored. */
const forgeCredential = z.discriminatedUnion('source', [
  ...secretSource.options,
  z.strictObject({ source: z.literal('gh') }),
  z.strictObject({ source: z.literal('app'), app_id: shortName, key: secretSource }),
]);

export const newForgeSchema = z.strictObject({
  host: z.string().min(1).max(nameCharsMax).openapi({ example: 'github.com' }),
  kind: z.enum(registeredKinds),
  /** By default the address that belongs to the host. */
  api_url: z.string().max(pathCharsMax).optional(),
  credential: forgeCredential,
  webhook_secret: secretSource.optional(),
});

export const forgeHostSchema = z.object({
  host: z.string(),
  kind: z.enum(registeredKinds),
  api_url: z.string(),
  credential: forgeCredential,
  webhook_secret: secretSource.nullable(),
  /** Null if the forge is called at present. */
  paused_until: time.nullable(),
  paused_because: z.string().nullable(),
  /** As the host last reported it; null if it has reported nothing. */
  limit: z
    .object({ total: z.number().int(), remaining: z.number().int(), reset_at: time.nullable() })
    .nullable(),
  created_by: z.string(),
  updated_at: time,
});

export const forgeCheckSchema = z.object({
  project: z.string(),
  host: z.string(),
  repository: z.string(),
  kind: z.string(),
  /** False if work orders cannot be completed. */
  ok: z.boolean(),
  login: z.string().nullable(),
  default_branch: z.string().nullable(),
  rights: z.array(z.object({ name: z.string(), is_given: z.boolean().nullable(), is_for: z.string() })),
  merge_methods: z.array(z.enum(mergeMethods)),
  has_auto_merge: z.boolean(),
  has_merge_queue: z.boolean(),
  has_drafts: z.boolean(),
  /** When the credential ends; null if the forge does not say. */
  expires_at: time.nullable(),
  problems: z.array(
    z.object({ code: z.string(), message: z.string(), advice: z.string(), is_fatal: z.boolean() }),
  ),
});

export const forgesSchema = z.object({ items: z.array(forgeHostSchema) }).openapi('Forges');
export const removedForgeSchema = z.object({ removed: z.string() });
export const checkForgesSchema = z.strictObject({
  of: shortName.optional().openapi({ description: 'A host or a project; if omitted, all.' }),
});
export const forgeChecksSchema = z.object({ items: z.array(forgeCheckSchema) }).openapi('ForgeChecks');

export type NewForge = z.infer<typeof newForgeSchema>;
export type ForgeHostView = z.infer<typeof forgeHostSchema>;
export type ForgeCheck = z.infer<typeof forgeCheckSchema>;
