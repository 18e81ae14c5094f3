// Puts the rows of a certification together with those of an earlier one, and names what differs. Pure.
import type { Certification, CertifiedRow } from '../../contract/contract.ts';

/** One sentence for each row that another verdict, other findings or another decision of Moose makes different. */
export function differencesTo(earlier: Certification, rows: readonly CertifiedRow[]): string[] {
  return rows.flatMap((row) => {
    const before = earlier.rows.find((each) => each.row === row.row);
    if (before === undefined) return [`${row.row}: was not measured before.`];
    const [then, now] = [inWords(before), inWords(row)];
    return then === now ? [] : [`${row.row}: was ${then}; is ${now}.`];
  });
}

/** What does not depend on the time and the words of one run. */
function inWords({ verdict, findings, moose: { code, decision } }: CertifiedRow): string {
  const names = findings.map(({ name }) => name).sort();
  const called = code === null ? 'no failure' : `${code}, ${decision ?? 'no decision'}`;
  return `${[verdict, ...names].join(' ')} (${called})`;
}

/** In the order of the new rows, with the earlier ones that were not measured again. */
export function mergedRows(
  earlier: Certification | null,
  version: string | null,
  rows: readonly CertifiedRow[],
  order: readonly string[],
): CertifiedRow[] {
  const kept = earlier !== null && earlier.version === version ? earlier.rows : [];
  const rest = kept.filter((row) => !rows.some((each) => each.row === row.row));
  const at = ({ row }: CertifiedRow) => order.indexOf(row);
  return [...rows, ...rest].sort((one, other) => at(one) - at(other));
}

export function countsOf(rows: readonly CertifiedRow[]): Certification['counts'] {
  const of = (verdict: CertifiedRow['verdict']) => rows.filter((row) => row.verdict === verdict).length;
  return {
    right: of('right'),
    tolerable: of('tolerable'),
    wrong: of('wrong'),
    not_measured: of('not measured'),
  };
}
