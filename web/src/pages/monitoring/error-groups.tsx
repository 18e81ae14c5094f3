// Error groups, the most frequent first. A row opens the errors of its group.

import { Link } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';
import type { Range } from '../../../../src/contract/contract.ts';
import { Sparkline } from '../../charts/sparkline.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { inputClass } from '../../parts/field.tsx';
import { legible } from '../../parts/plain-text.ts';
import { Empty } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { Answered } from './answered.tsx';
import { type ErrorGroup, useErrorGroups } from './queries.ts';
import { TrendMark } from './trend-mark.tsx';
import { count, many, percent, spaced } from './words.ts';

/** "Show all" reveals the rest. */
const shownMax = 8;

export function ErrorGroupsCard({ range }: { range: Range }) {
  const groups = useErrorGroups(range);
  const [typed, setTyped] = useState('');
  const looked = useDeferredValue(typed.trim().toLowerCase());
  return (
    <Card
      title={`Errors by group, last ${range}`}
      isFlush
      aside={
        <input
          type="search"
          data-page-search
          aria-label="Search errors"
          placeholder="Code, class, component or text"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          className={`${inputClass} max-w-72`}
        />
      }
    >
      <Answered query={groups} what="the error groups">
        {(data) =>
          data.groups.length === 0 ? (
            <Empty title="No errors">
              No errors occurred in this period. Errors appear here, grouped with similar ones.
            </Empty>
          ) : (
            <Found groups={data.groups.filter((group) => fits(group, looked))} range={range} />
          )
        }
      </Answered>
    </Card>
  );
}

function fits({ code, failure_class, component, message }: ErrorGroup, looked: string): boolean {
  return [code, failure_class, spaced(failure_class), component, message].some((text) =>
    text.toLowerCase().includes(looked),
  );
}

function Found({ groups, range }: { groups: readonly ErrorGroup[]; range: Range }) {
  const [isWhole, setWhole] = useState(false);
  if (groups.length === 0) return <p className="p-4 text-quiet">No error group matches your search.</p>;
  const shown = isWhole ? groups : groups.slice(0, shownMax);
  return (
    <>
      <Groups groups={shown} range={range} />
      {groups.length > shownMax ? (
        <div className="border-t border-line px-4 py-2">
          <Button size="small" look="quiet" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
            {isWhole ? 'Show less' : `Show all ${groups.length}`}
          </Button>
        </div>
      ) : null}
    </>
  );
}

const headClass = 'px-3 py-2 text-left text-[13px] font-medium text-quiet whitespace-nowrap';

/** Beside the navigation, a screen of medium width has room for fewer columns than a phone held sideways. */
function Groups({ groups, range }: { groups: readonly ErrorGroup[]; range: Range }) {
  return (
    <table className="w-full table-fixed border-collapse">
      <caption className="sr-only">Error groups, the most frequent first</caption>
      <thead className="border-b border-line bg-raised">
        <tr>
          <th scope="col" className={headClass}>
            Error
          </th>
          <th scope="col" className={`${headClass} hidden w-44 xl:table-cell`}>
            Class
          </th>
          <th scope="col" className={`${headClass} hidden w-28 xl:table-cell`}>
            Component
          </th>
          <th scope="col" className={`${headClass} w-24 text-right`}>
            Count
          </th>
          <th scope="col" className={`${headClass} hidden w-32 sm:table-cell md:hidden lg:table-cell`}>
            Trend
          </th>
          <th scope="col" className={`${headClass} hidden w-28 text-right lg:table-cell`}>
            Recovered
          </th>
          <th scope="col" className={`${headClass} hidden w-32 md:table-cell`}>
            Last seen
          </th>
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {groups.map((group) => (
          <Row key={group.fingerprint} group={group} range={range} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ group, range }: { group: ErrorGroup; range: Range }) {
  const { fingerprint, code, component, failure_class, message, course, recovered_share: share } = group;
  return (
    <tr className="align-top hover:bg-raised">
      <td className="px-3 py-2.5 [overflow-wrap:anywhere]">
        <Link
          to="/monitoring"
          search={(before) => ({ ...before, fingerprint, error: undefined })}
          resetScroll={false}
          data-row
          className="rounded-sm font-medium hover:underline"
        >
          <code>{code}</code>
        </Link>
        <p className="line-clamp-2 text-[13px] text-quiet" title={message}>
          <Words text={message} />
        </p>
        <p className="text-[13px] text-quiet xl:hidden">
          {spaced(failure_class)}, {legible(component)}
        </p>
      </td>
      <td className="hidden px-3 py-2.5 xl:table-cell">{spaced(failure_class)}</td>
      <td className="hidden truncate px-3 py-2.5 xl:table-cell" title={component}>
        {legible(component)}
      </td>
      <td className="px-3 py-2.5 text-right">
        <span className="font-semibold tabular-nums">{count(group.count)}</span>
        <br />
        <TrendMark trend={group.trend} />
      </td>
      <td className="hidden px-3 py-2.5 sm:table-cell md:hidden lg:table-cell">
        <Sparkline
          course={course}
          label={`${many(group.count, 'error')} in the last ${range}, ${count(group.count_before)} in the period before; peak ${count(Math.max(0, ...course))}`}
        />
      </td>
      <td className="hidden px-3 py-2.5 text-right tabular-nums lg:table-cell">
        {share === null ? <span className="text-quiet">unknown</span> : percent(share)}
      </td>
      <td className="hidden whitespace-nowrap px-3 py-2.5 text-[13px] text-quiet md:table-cell">
        <Ago at={group.last_seen_at} />
      </td>
    </tr>
  );
}
