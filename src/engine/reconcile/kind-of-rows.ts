// A kind of drift that the tables by themselves show: found by one statement, and checked again in the
// transaction that repairs it.
import { shortId } from '../../domain/ids.ts';
import type { Query } from '../../store/database.ts';
import { type Finding, findInconsistent, type InconsistentRow } from '../../store/work/inconsistent-rows.ts';
import type { DriftKind, Look } from './drift-kind.ts';

interface RowsKind extends Pick<DriftKind, 'name' | 'side' | 'means' | 'isSafe' | 'isReportedElsewhere'> {
  what(subject: string, row: InconsistentRow): string;
  finding: Finding;
  /** Null if there is no automatic repair. */
  repair: string | null;
  act?: (query: Query, row: InconsistentRow, look: Look) => Promise<unknown>;
}

const onlyLook = 'check it yourself: Moose has no repair for it';

export function ofRows({ what, finding, act, repair, ...kind }: RowsKind): DriftKind {
  return {
    ...kind,
    seenBy: 'all',
    repair: repair ?? onlyLook,
    find: async (look) => {
      const { database, before, signal } = look;
      const rows = await database.run((query) => findInconsistent(query, finding(before)), signal);
      return rows.map((row) => ({
        subject: row.subject,
        workOrderId: row.workOrderId,
        what: `${row.workOrderId === null ? '' : `${shortId(row.workOrderId)}: `}${what(row.subject, row)}`,
        evidence: row.evidence,
        act: act
          ? () =>
              database.transaction(async (query) => {
                const [again] = await findInconsistent(query, finding(before), row.subject);
                if (again) await act(query, again, look);
              }, signal)
          : null,
      }));
    },
  };
}
