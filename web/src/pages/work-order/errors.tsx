import { Link } from '@tanstack/react-router';
import type { WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { MarkedWords } from '../../parts/marked-words.tsx';
import { legible } from '../../parts/plain-text.ts';
import { Empty } from '../../parts/states.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { newestFirst } from './newest-first.ts';
import { stepName } from './runs-of.ts';

type ErrorOfOrder = WorkOrderDetail['errors'][number];

export function ErrorsTab({ errors }: { errors: readonly ErrorOfOrder[] }) {
  if (errors.length === 0)
    return (
      <Empty title="No errors">
        Failures appear here with their class, the rule that matched, the recovery and its result.
      </Empty>
    );
  return (
    <ol className="flex flex-col gap-2">
      {newestFirst(errors, ({ timestamp }) => timestamp).map(({ item }) => (
        <ErrorLine key={item.id} error={item} />
      ))}
    </ol>
  );
}

function ErrorLine({ error }: { error: ErrorOfOrder }) {
  return (
    <li className="flex flex-col gap-1.5 rounded-lg border border-line bg-surface px-4 py-3 [overflow-wrap:anywhere]">
      <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <StatusBadge status={error.severity} />
        <span className="font-semibold">{error.failure_class.replaceAll('_', ' ')}</span>
        <code className="text-[13px]">{error.code}</code>
        <Badge>{error.category}</Badge>
        <span className="text-[13px] text-quiet">
          {error.step ? `in ${stepName(error.step)}, ` : ''}
          <Ago at={error.timestamp} />
        </span>
      </p>
      <p>
        <Words text={error.message} />
      </p>
      {error.advice ? (
        <p className="text-quiet">
          <MarkedWords text={error.advice} />
        </p>
      ) : null}
      <dl className="flex flex-wrap gap-x-6 gap-y-1 text-[13px]">
        <div>
          <dt className="inline text-quiet">Matched rule: </dt>
          <dd className="inline">
            {error.rule ? <code>{legible(error.rule)}</code> : 'none'}
            {error.confidence === null ? '' : `, ${Math.round(error.confidence * 100)}% confidence`}
          </dd>
        </div>
        <div>
          <dt className="inline text-quiet">Recovery: </dt>
          <dd className="inline">
            {legible(error.recovery_strategy?.replaceAll('_', ' ') ?? 'none')}
            {error.retry_count > 0
              ? `, after ${error.retry_count} earlier ${error.retry_count === 1 ? 'retry' : 'retries'}`
              : ''}{' '}
            <Helped error={error} />
          </dd>
        </div>
      </dl>
      <Link
        to="/monitoring"
        search={{ error: error.id }}
        className="inline-flex min-h-6 items-center self-start text-[13px] text-accent underline underline-offset-2"
      >
        View evidence and similar errors
      </Link>
    </li>
  );
}

function Helped({ error }: { error: ErrorOfOrder }) {
  if (error.recovery_strategy === null) return null;
  if (error.recovery_success === null) return <Badge>result not known yet</Badge>;
  return error.recovery_success ? <Badge tone="good">succeeded</Badge> : <Badge tone="bad">failed</Badge>;
}
