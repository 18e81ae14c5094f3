import { Link } from '@tanstack/react-router';
import type { CandidatesView, CandidateView } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { usd } from '../../parts/money.ts';
import { type Column, PlainTable } from '../../parts/plain-table.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Words } from '../../parts/words.tsx';

/** All candidates for the same work; `shown` is the work order of this page. */
export function Candidates({ candidates, shown }: { candidates: CandidatesView; shown: string }) {
  const { items, outcome, because, limit_usd } = candidates;
  return (
    <Card title={`Candidates (${items.length})`} isFlush>
      <PlainTable
        caption="Candidates for this work"
        items={items}
        keyOf={(one) => one.work_order_id}
        columns={columnsOf(shown)}
      />
      <p className="border-t border-line px-4 py-2 text-[13px] text-quiet">
        <Words text={`${outcome === null ? 'Not decided yet' : because}.`} />
        {limit_usd === null ? null : ` Together they may cost at most ${usd(limit_usd)}.`}
      </p>
    </Card>
  );
}

const none = <span className="text-quiet">–</span>;

function columnsOf(shown: string): ReadonlyArray<Column<CandidateView>> {
  return [
    { head: 'Candidate', cell: (one) => <Name one={one} isShown={one.work_order_id === shown} /> },
    { head: 'Status', cell: (one) => <StatusBadge status={one.status} /> },
    { head: 'Checks', cell: checksOf },
    { head: 'Findings', cell: (one) => one.warnings ?? none },
    { head: 'Cycles', cell: (one) => one.refinement_cycles },
    { head: 'Changed lines', cell: (one) => one.changed_lines ?? none },
    { head: 'Cost', cell: (one) => <span className="tabular-nums">{usd(one.cost_usd)}</span> },
    { head: 'Model', cell: (one) => one.model ?? one.agent ?? none },
    { head: 'Result', cell: keptOf },
  ];
}

function Name({ one, isShown }: { one: CandidateView; isShown: boolean }) {
  if (isShown) return <>{one.number} (this one)</>;
  return (
    <Link
      to="/work-orders/$id"
      params={{ id: one.work_order_id }}
      className="-my-1.5 inline-flex min-h-8 items-center text-accent underline"
    >
      {one.number}
    </Link>
  );
}

function checksOf({ result, is_verified, failure }: CandidateView) {
  if (result === null) return none;
  if (result === 'failed')
    return (
      <Badge tone="bad" title={failure ?? ''}>
        failed
      </Badge>
    );
  return is_verified === true ? <Badge tone="good">green</Badge> : <Badge>not judged</Badge>;
}

function keptOf({ is_kept }: CandidateView) {
  if (is_kept === null) return none;
  return is_kept ? <Badge tone="good">kept</Badge> : <span className="text-quiet">not kept</span>;
}
