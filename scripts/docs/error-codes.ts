// Every error code of the catalogues, with what it says. A code with several entries, or of several rooms, says what its
// first entry says.
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FailureEntry, Listed, Texts } from '../../src/domain/catalogue.ts';
import type { FailureCategory } from '../../src/domain/failure.ts';

export interface ErrorCode {
  code: string;
  /** Null if it is told as an alert or a problem, and never raised. */
  category: FailureCategory | null;
  message: string;
  advice: string;
  /** The rooms that raise it, which are the components of its errors. */
  rooms: string[];
}

export type CatalogueEntry = { key: string; path: string } & Listed<FailureEntry | Texts>;

const rootUrl = new URL('../../', import.meta.url);
const rootPath = fileURLToPath(rootUrl);
const cataloguePattern = '{src,chaos}/**/*failure-catalogue.ts';

export const catalogueEntries: readonly CatalogueEntry[] = await readCatalogues();

async function readCatalogues(): Promise<CatalogueEntry[]> {
  const paths = globSync(cataloguePattern, { cwd: rootPath }).sort();
  const modules = await Promise.all(
    paths.map(async (path) => ({ path, module: await import(new URL(path, rootUrl).href) })),
  );
  return modules.flatMap(({ path, module }) =>
    Object.values<Record<string, { entry: Listed<FailureEntry | Texts> }>>(module).flatMap((catalogue) =>
      Object.entries(catalogue).map(([key, { entry }]) => ({ key, path, ...entry })),
    ),
  );
}

export function errorCodes(): ErrorCode[] {
  const byCode = Map.groupBy(catalogueEntries, ({ code }) => code);
  return [...byCode]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, entries]) => ({
      code,
      category: entries.map((entry) => ('kind' in entry ? entry.kind : null)).find(Boolean) ?? null,
      message: textOf(entries, 'message'),
      advice: textOf(entries, 'advice'),
      rooms: [...new Set(entries.map(({ room }) => room))],
    }));
}

/** What is filled in at run time is left out. */
function textOf(entries: readonly CatalogueEntry[], what: 'message' | 'advice'): string {
  const texts = entries.map(
    (entry) => entry.reference?.[what] ?? entry[what]?.replaceAll(/\{[A-Za-z]\w*\}/g, '…') ?? '',
  );
  const said = texts.find((text) => /\p{L}/u.test(text));
  if (said !== undefined) return said;
  const { key, path } = entries[0] as CatalogueEntry;
  throw new Error(`${key} in ${path} states no ${what}: say it in its \`reference\``);
}
