// What is in a backup, and what `moose backup` and `moose restore` print.
import { z } from '@hono/zod-openapi';
import { time } from '../base.ts';
import { cleanupSchema } from './cleanup.ts';

/** Restricted, because names become parts of paths and SQL. */
const identifier = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/);
const count = z.number().int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** The last entry of a backup: a file without it is incomplete. */
export const backupManifestSchema = z.strictObject({
  format: z.literal('moose-backup'),
  version: z.literal(1),
  made_at: time,
  moose_version: z.string(),
  host: z.string(),
  data_directory: z.string(),
  server_version: z.string(),
  migrations: z.array(z.strictObject({ version: count, name: z.string(), checksum: sha256 })).min(1),
  work_orders: z.strictObject({ all: count, open: count }),
  tables: z.array(
    z.strictObject({
      schema: identifier,
      name: identifier,
      columns: z.array(identifier).min(1),
      rows: count,
      parts: count,
    }),
  ),
  sequences: z.array(
    z.strictObject({ schema: identifier, name: identifier, last: z.string().regex(/^\d+$/).nullable() }),
  ),
  repositories: z.array(
    z.strictObject({
      folder: z.enum(['mirrors', 'remotes']),
      /** The ID of the project. */
      name: z.string().regex(/^[0-9a-f-]{36}$/),
      head: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,250}$/),
      format: z.enum(['sha1', 'sha256']),
      parts: count,
    }),
  ),
  /** Made before an upgrade: it goes back into the directory that it is from, whose repositories stay. */
  rows_only: z.literal(true).optional(),
  /** All other entries, in their order in the file. */
  parts: z.array(z.strictObject({ name: z.string(), bytes: count, sha256 })),
});

export type BackupManifest = z.infer<typeof backupManifestSchema>;

const summary = z.object({
  path: z.string(),
  bytes: count,
  made_at: time,
  moose_version: z.string(),
  host: z.string(),
  work_orders: z.object({ all: count, open: count }),
  rows: count,
  repositories: count,
});

const printedBackup = summary.extend({
  /** True if the file was only read. */
  is_verified: z.boolean(),
});

const printedRestore = summary.extend({
  data: z.string(),
  /** Only the database was replaced. */
  rows_only: z.boolean(),
  /** The new path of the previous directory, or of its database; null if there was none. */
  kept_aside: z.string().nullable(),
  /** Sessions of the Moose that made the backup; they do not exist here. */
  ended_sessions: count,
  /** Work orders that the next worker continues. */
  taken_up: count,
});

export const printedBackups = { backup: printedBackup, restore: printedRestore, cleanup: cleanupSchema };
