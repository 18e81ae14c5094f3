// What finished work left behind: why each kind is due for deletion, its size, the rule, and a button that deletes it.
import { useState } from 'react';
import type { Cleanup } from '../../../../src/contract/contract.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { Page } from '../../parts/page.tsx';
import { sizeOf } from '../../parts/size-of.ts';
import { useMe } from '../../shell/me.ts';
import { Answered } from '../monitoring/answered.tsx';
import { useWhyNot } from '../monitoring/may-act.ts';
import { SettingsCard } from '../settings/settings-card.tsx';
import { useSettings } from '../settings/use-settings.ts';
import { LatestRun } from './latest-run.tsx';
import { totalOf } from './sizes.ts';
import { useBeginCleanup, useCleanupPlan, useLatestCleanup } from './use-cleanup.ts';

const rules: ReadonlySet<string> = new Set([
  'settings.limits.finished_kept_ms',
  'settings.limits.prepared_kept_ms',
  'settings.limits.prepared_gb',
] satisfies Cleanup['items'][number]['rule'][]);

export function CleanupPage() {
  return (
    <Page
      title="Clean-up"
      lead="What finished work left behind. Moose deletes it gradually when it is due. Here you see it first, and can delete it at once. Commits, patches and records stay, and so does all work that waits or is not pushed."
    >
      <PlanCard />
      <RulesCard />
    </Page>
  );
}

function PlanCard() {
  const whyNot = useWhyNot();
  const [isAsked, setAsked] = useState(false);
  const latest = useLatestCleanup();
  const plan = useCleanupPlan(latest.data?.run ?? null);
  const begin = useBeginCleanup(() => setAsked(false));
  const isRunning = latest.data?.run?.state === 'running';
  const hasDue = plan.data?.items.some(({ count }) => count > 0) === true;
  return (
    <Card
      title="Due for deletion"
      aside={
        <Button
          look="danger"
          size="small"
          disabled={whyNot !== null || !hasDue || isRunning}
          onClick={() => setAsked(true)}
        >
          Delete now
        </Button>
      }
      isFlush
    >
      {whyNot === null ? null : <p className="px-4 pt-3 text-quiet">{whyNot}</p>}
      <LatestRun run={latest.data?.run ?? null} />
      <Answered query={plan} what="the plan">
        {(found) => <Plan found={found} />}
      </Answered>
      {isAsked && plan.data ? (
        <ConfirmDialog
          title="Delete what finished work left behind?"
          verb="Delete"
          isBusy={begin.isPending}
          error={begin.error}
          onConfirm={() => begin.mutate()}
          onClose={() => {
            begin.reset();
            setAsked(false);
          }}
        >
          <p>
            {totalOf(plan.data)} on {plan.data.host} and in the database. This cannot be undone.
          </p>
        </ConfirmDialog>
      ) : null}
    </Card>
  );
}

function Plan({ found: { items, before, host } }: { found: Cleanup }) {
  const settings = useSettings();
  const titleOf = (rule: string) => settings.data?.items.find(({ key }) => key === rule)?.title ?? rule;
  return (
    <>
      <p className="px-4 pt-3 text-quiet">
        Left by work that ended before {before.slice(0, 16).replace('T', ' ')} UTC, on {host} and in the
        database. Other machines delete their own files.
      </p>
      <ul className="divide-y divide-line">
        {items.map(({ kind, place, why, rule, count, bytes, is_at_least }) => (
          <li key={kind} className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1 px-4 py-2.5">
            <div className="min-w-0 basis-64 grow [overflow-wrap:anywhere]">
              <p className="font-medium">{`${kind.charAt(0).toUpperCase()}${kind.slice(1)}`}</p>
              <p className="text-[13px] text-quiet">
                {why} Rule: {titleOf(rule)}.
              </p>
            </div>
            <p className="whitespace-nowrap tabular-nums">
              {count.toLocaleString('en')} {place === 'database' ? 'in the database' : `on ${host}`}
              {bytes === null || count === 0 ? '' : `, ${is_at_least ? 'at least ' : ''}${sizeOf(bytes)}`}
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}

function RulesCard() {
  const isAdmin = useMe().me.role === 'admin';
  const settings = useSettings();
  return (
    <Answered query={settings} what="the rules">
      {({ items }) => (
        <SettingsCard title="Rules" items={items.filter(({ key }) => rules.has(key))} isAdmin={isAdmin} />
      )}
    </Answered>
  );
}
