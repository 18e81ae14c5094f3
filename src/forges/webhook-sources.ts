// Who may send webhooks: the registered forges, by host, and github.com, whose secret may also be a variable.
import type { SecretSource } from '../domain/forge/forge.ts';
import type { DeliveryReader, WebhookSources } from '../engine/ports/forge.ts';
import type { Database } from '../store/database.ts';
import { listForgeHosts } from '../store/work/pull-requests/forge-hosts.ts';

export interface WebhookSourcesOptions {
  database: Database;
  readers: readonly DeliveryReader[];
  /** MOOSE_GITHUB_WEBHOOK_SECRET; null if it is not set. */
  githubSecret: string | null;
  readSecret(host: string, source: SecretSource): Promise<string>;
}

export function createWebhookSources(options: WebhookSourcesOptions): WebhookSources {
  const { database, readers, githubSecret, readSecret } = options;
  return {
    find: async (host, signal) => {
      const rows = await database.run(listForgeHosts, signal);
      const row = rows.find((each) => each.host === host);
      const byDefault = host === 'github.com' ? githubSecret : null;
      if (!row && byDefault === null) return null;
      const reader = readers.find(({ kind }) => kind === (row?.kind ?? 'github'));
      if (!reader) return null;
      return { reader, secret: row?.webhookSecret ? await readSecret(host, row.webhookSecret) : byDefault };
    },
  };
}
