// The outcome of a question: who chose what, whether it has been applied, or why the question was withdrawn.
import { CircleCheck, LoaderCircle, Undo2 } from 'lucide-react';
import type { EscalationCard } from '../../../../src/contract/contract.ts';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';

export function Outcome({ card }: { card: EscalationCard }) {
  const label = card.options.find(({ id }) => id === card.chosen_option)?.label ?? card.chosen_option ?? '';
  if (card.status === 'withdrawn')
    return (
      <Told icon={<Undo2 aria-hidden size={18} />} tone="bg-raised text-quiet">
        This question no longer needs an answer:{' '}
        <Words text={textOf(card.resolution?.because) ?? 'its cause is resolved'} />.
      </Told>
    );
  const isUnderWay = card.status === 'chosen';
  return (
    <Told
      icon={
        isUnderWay ? (
          <LoaderCircle aria-hidden size={18} className="animate-spin" />
        ) : (
          <CircleCheck aria-hidden size={18} />
        )
      }
      tone={isUnderWay ? 'bg-info-soft text-info' : 'bg-good-soft text-good'}
    >
      <Words text={nameOfActor(card.resolved_by ?? 'Moose')} /> chose{' '}
      <Words className="font-semibold" text={label} />
      {card.resolved_at ? (
        <>
          {' '}
          <Ago at={card.resolved_at} />
        </>
      ) : null}
      {isUnderWay ? '. Moose is applying it; you can leave this page.' : '.'}
      {card.note ? (
        <span className="mt-1 block text-text">
          “<Words text={card.note} />”
        </span>
      ) : null}
    </Told>
  );
}

function Told({ icon, tone, children }: { icon: React.ReactNode; tone: string; children: React.ReactNode }) {
  return (
    <div role="status" className={`flex items-start gap-2.5 rounded-md px-3 py-2.5 ${tone}`}>
      <span className="mt-0.5 shrink-0">{icon}</span>
      <p className="min-w-0 [overflow-wrap:anywhere]">{children}</p>
    </div>
  );
}

const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
