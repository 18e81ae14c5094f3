import { Clock } from 'lucide-react';
import type { EscalationCard } from '../../../../src/contract/contract.ts';
import { duration } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { useNow } from './use-now.ts';

const clockTime = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const dayAndTime = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
const tickMs = 1_000;
const dayMs = 86_400_000;

/** What happens, and when, if nobody answers. */
export function DefaultNotice({ card }: { card: EscalationCard }) {
  const now = useNow(tickMs, card.default_at !== null);
  if (card.default_at === null || card.default_option === null) return null;
  const label = card.options.find(({ id }) => id === card.default_option)?.label ?? card.default_option;
  const at = new Date(card.default_at);
  const leftMs = at.getTime() - now;
  const when = (leftMs < dayMs ? clockTime : dayAndTime).format(at);
  return (
    <p className="flex items-start gap-2 rounded-md bg-warn-soft px-3 py-2 text-warn">
      <Clock aria-hidden size={16} className="mt-0.5 shrink-0" />
      <span>
        <Words className="font-semibold" text={label} />{' '}
        {leftMs > 0 ? (
          <>
            is chosen automatically at <time dateTime={card.default_at}>{when}</time> unless someone answers
            first
            <span className="tabular-nums"> (in {duration(leftMs)})</span>.
          </>
        ) : (
          'is being applied automatically, because nobody answered in time.'
        )}
      </span>
    </p>
  );
}
