// What the catalogues say about an error code (`moose errors explain`). It needs no database.
import type { PrintedDocument } from '../../contract/contract.ts';
import { aboutCategories } from '../../domain/failure-categories.ts';
import { nearNames } from '../../domain/text/near-names.ts';
import { defaultRecoveryPolicies } from '../../engine/policy/default-policies.ts';
import { describePolicy } from '../../engine/policy/describe-policy.ts';
import { codeFits } from '../../engine/policy/recovery-policy.ts';
import { appFailures } from '../failure-catalogue.ts';
import { type CatalogueEntry, catalogueEntries } from './failure-catalogues.ts';

/** @throws ConfigurationError `ERROR_CODE_UNKNOWN` */
export function explainError(given: string): PrintedDocument<'errors explain'> {
  const code = given.trim().toUpperCase();
  const entries = catalogueEntries.filter((entry) => entry.code === code);
  if (entries.length === 0) {
    const near = nearNames(code, [...new Set(catalogueEntries.map((entry) => entry.code))]);
    const advice = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'See docs/reference/errors.md.';
    throw appFailures.ERROR_CODE_UNKNOWN('explain an error code', { code: given, advice });
  }
  const category = entries.map((entry) => ('kind' in entry ? entry.kind : null)).find(Boolean) ?? null;
  return {
    code,
    category,
    means: category && aboutCategories[category].means,
    components: [...new Set(entries.map(({ room }) => room))],
    texts: entries.map((entry) => ({
      message: textOf(entry, 'message') ?? '…',
      advice: textOf(entry, 'advice'),
    })),
    follows: category && aboutCategories[category].follows,
    recovery: defaultRecoveryPolicies
      .filter((row) => row.code !== undefined && codeFits(row.code, code))
      .map(describePolicy)
      .map(({ component, does, because }) => ({ component, does, because })),
  };
}

/** With an ellipsis in place of what is known only when the error happens. */
function textOf(entry: CatalogueEntry, what: 'message' | 'advice'): string | null {
  return entry.reference?.[what] ?? entry[what]?.replaceAll(/\{[A-Za-z]\w*\}/g, '…') ?? null;
}
