// The migrations that the baseline sums up, as they were: databases exist that were made by them.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Migration } from '../src/store/schema/migrate.ts';

const path = new URL('fixtures/releases/migrations-0001-0108.json.gz', import.meta.url);

export function summedMigrations(): Migration[] {
  return JSON.parse(gunzipSync(readFileSync(path)).toString('utf8'));
}
