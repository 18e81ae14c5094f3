import type { RecordedScheduleChange } from '../../../../src/contract/contract.ts';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { Words } from '../../parts/words.tsx';

type Field = RecordedScheduleChange['fields'][number];
const charsMax = 200;

function textOf(value: Field['from']): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text = Array.isArray(value) ? value.join(', ') : String(value ?? '');
  if (text === '') return 'none';
  return text.length > charsMax ? `${text.slice(0, charsMax)}…` : text;
}

/** What somebody changed about a schedule, with the old and the new values. */
export function ChangedFields({ change: { changed_by, fields } }: { change: RecordedScheduleChange }) {
  return (
    <div className="min-w-40">
      <Words text={nameOfActor(changed_by)} /> changed
      <ul className="[overflow-wrap:anywhere]">
        {fields.map(({ field, from, to }) => (
          <li key={field}>
            {field.replaceAll('_', ' ')}: <Words text={textOf(from)} /> → <Words text={textOf(to)} />
          </li>
        ))}
      </ul>
    </div>
  );
}
