// The Director's decision about a plan, with its reasons, or the question that the Director asks a person.

import { Link } from '@tanstack/react-router';
import type { SpecDecisions } from '../../../../src/contract/contract.ts';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { legible } from '../../parts/plain-text.ts';
import { Words } from '../../parts/words.tsx';
import { usdSpan } from './span-words.ts';

export function DirectorLine({ decisions }: { decisions: SpecDecisions }) {
  const { items, is_open, question } = decisions;
  const [newest] = items;
  if (!newest && !is_open) return null;
  return (
    <section
      aria-label="Decision"
      className="flex flex-col gap-1 rounded-md bg-raised p-3 [overflow-wrap:anywhere]"
    >
      {question === null ? null : (
        <p className="font-medium text-warn">
          The Director asks:{' '}
          <Link
            to="/escalations"
            search={{ id: question }}
            className="inline-flex min-h-6 items-center underline underline-offset-2"
          >
            answer the question
          </Link>
        </p>
      )}
      {is_open && question === null ? <p>The Director has not decided about this plan yet.</p> : null}
      {newest ? (
        <>
          <p>
            {newest.by === null ? 'The Director' : <Words text={nameOfActor(newest.by)} />}:{' '}
            {newest.decision.replaceAll('_', ' ')} version {newest.version}
            {newest.estimate_usd === null ? null : ` (${usdSpan(newest.estimate_usd)} expected)`}
          </p>
          {newest.hard_stops_off.length === 0 ? null : (
            <p className="text-warn">
              Without the hard-stop words {newest.hard_stops_off.map(legible).join(', ')}: a setting switches
              them off.
            </p>
          )}
          {newest.note === null ? null : <p className="text-quiet">{legible(newest.note)}</p>}
          {newest.failure === null ? null : <p className="text-bad">{legible(newest.failure)}</p>}
          <ul className="list-disc pl-5 text-[13px] text-quiet">
            {newest.objections.map(({ row, because }) => (
              <li key={`${row} ${because}`}>{legible(because)}</li>
            ))}
          </ul>
        </>
      ) : null}
    </section>
  );
}
