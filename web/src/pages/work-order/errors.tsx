import { Link } from '@tanstack/react-router';
import type { WorkOrderDetail } from '../../../../src/api/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { Empty } from '../../parts/states.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Ago } from '../../parts/time.tsx';
import { newestFirst } from './newest-first.ts';
import { stepName } from './runs-of.ts';
import { Words } from './words.tsx';

type ErrorOfOrder = WorkOrderDetail['errors'][number];

export function ErrorsTab({ errors }: { errors: readonly ErrorOfOrder[] }) {
  if (errors.length === 0)
    return (
      <Empty title="No error was met">
        Every failure on the way stands here: what kind it is, by which rule that was told, what was done
        about it, and whether it helped.
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
          <Words text={error.advice} />
        </p>
      ) : null}
      <dl className="flex flex-wrap gap-x-6 gap-y-1 text-[13px]">
        <div>
          <dt className="inline text-quiet">Told by rule </dt>
          <dd className="inline">
            {error.rule ? <code>{error.rule}</code> : 'none'}
            {error.confidence === null ? '' : `, ${Math.round(error.confidence * 100)} % sure`}
          </dd>
        </div>
        <div>
          <dt className="inline text-quiet">What was done </dt>
          <dd className="inline">
            {error.recovery_strategy?.replaceAll('_', ' ') ?? 'nothing'}
            {error.retry_count > 0
              ? `, after ${error.retry_count} earlier ${error.retry_count === 1 ? 'try' : 'tries'}`
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
        all of its kind, and its evidence
      </Link>
    </li>
  );
}

function Helped({ error }: { error: ErrorOfOrder }) {
  if (error.recovery_strategy === null) return null;
  if (error.recovery_success === null) return <Badge>not known yet</Badge>;
  return error.recovery_success ? (
    <Badge tone="good">it helped</Badge>
  ) : (
    <Badge tone="bad">it did not help</Badge>
  );
}
