import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { Words } from '../../parts/words.tsx';
import { useModels } from '../settings/use-settings.ts';
import { Answered } from './answered.tsx';
import { useBudget, useHealth } from './queries.ts';
import { PlaceLink } from './section.tsx';
import { type Trouble, troublesOf, verdictOf } from './troubles.ts';

const icons = { bad: CircleAlert, warn: TriangleAlert, good: CircleCheck } as const;
const grounds = {
  bad: 'bg-bad-soft text-bad',
  warn: 'bg-warn-soft text-warn',
  good: 'bg-good-soft text-good',
};
/** "Show more" reveals the rest. More problems are shown than warnings. */
const shownMax = 5;
const wrongShownMax = 12;

/** Whether anything is wrong, and what to do. */
export function Verdict() {
  const health = useHealth();
  const budget = useBudget();
  const models = useModels();
  return (
    <section aria-label="System status" className="overflow-hidden rounded-lg border border-line bg-surface">
      <Answered query={health} what="the system status">
        {(data) => <Told troubles={troublesOf(data, budget.data, models.data?.items)} />}
      </Answered>
    </section>
  );
}

function Told({ troubles }: { troubles: readonly Trouble[] }) {
  const [isWhole, setWhole] = useState(false);
  const tone = troubles[0]?.tone ?? 'good';
  const Icon = icons[tone];
  const wrong = troubles.filter(({ tone: each }) => each === 'bad').length;
  const most = Math.max(shownMax, Math.min(wrong, wrongShownMax));
  const shown = isWhole ? troubles : troubles.slice(0, most);
  return (
    <>
      <p
        role="status"
        className={`flex items-start gap-2.5 px-4 py-3 text-base font-semibold ${grounds[tone]}`}
      >
        <Icon aria-hidden size={20} className="mt-0.5 shrink-0" />
        <Words text={verdictOf(troubles)} className="min-w-0 break-words" />
      </p>
      {shown.length > 0 ? (
        <ul className="divide-y divide-line">
          {shown.map((trouble) => (
            <TroubleLine key={trouble.key} trouble={trouble} />
          ))}
        </ul>
      ) : null}
      {troubles.length > most ? (
        <div className="border-t border-line px-4 py-2">
          <Button size="small" look="quiet" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
            {isWhole ? 'Show less' : `Show ${troubles.length - most} more`}
          </Button>
        </div>
      ) : null}
    </>
  );
}

function TroubleLine({ trouble: { tone, says, advice, place } }: { trouble: Trouble }) {
  const Icon = icons[tone];
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-4 gap-y-0.5 px-4 py-2">
      <p className="flex min-w-0 items-start gap-2 [overflow-wrap:anywhere]">
        <Icon
          role="img"
          aria-label={tone === 'bad' ? 'Problem' : 'Warning'}
          size={16}
          className={`mt-0.5 shrink-0 ${tone === 'bad' ? 'text-bad' : 'text-warn'}`}
        />
        <Words text={says} />
      </p>
      {place === null ? <p>{advice}</p> : <PlaceLink place={place}>{advice}</PlaceLink>}
    </li>
  );
}
