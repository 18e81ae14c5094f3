// Every error code of the catalogues, with what its first entry says.
import { type CatalogueEntry, catalogueEntries } from '../../src/app/errors/failure-catalogues.ts';

export interface ErrorCode {
  code: string;
  message: string;
}

export function errorCodes(): ErrorCode[] {
  const byCode = Map.groupBy(catalogueEntries, ({ code }) => code);
  return [...byCode]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, entries]) => ({ code, message: messageOf(entries) }));
}

/** What is filled in at run time is left out. */
function messageOf(entries: readonly CatalogueEntry[]): string {
  const said = entries
    .map(({ reference, message }) => reference?.message ?? message.replaceAll(/\{[A-Za-z]\w*\}/g, '…'))
    .find((text) => /\p{L}/u.test(text));
  if (said !== undefined) return said;
  throw new Error(`${entries[0]?.key} states no message: say it in its \`reference\``);
}
