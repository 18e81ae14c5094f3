import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import { Words } from '../../parts/words.tsx';
import { labelAt, tabsOf, verbs } from './command-labels.ts';
import { textParts } from './text-parts.ts';

/** Text about a work order, with links and button names instead of commands. `isAtHome`: this page has the buttons. */
export function LinkedText({ text, id, isAtHome = false }: { text: string; id: string; isAtHome?: boolean }) {
  return textParts(text, verbs).map((part, index, parts) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a part has no other identity than its position
    <Fragment key={index}>
      {'text' in part ? (
        <Words text={part.text} />
      ) : isAtHome && !tabsOf[part.verb] && isNamed(id, part.id) ? (
        <strong>{labelAt(parts, index, part.verb)}</strong>
      ) : (
        <Link
          to="/work-orders/$id"
          params={{ id: isNamed(id, part.id) ? id : part.id }}
          search={tabsOf[part.verb] ? { tab: tabsOf[part.verb]?.tab } : {}}
          className="font-medium underline underline-offset-2"
        >
          {labelAt(parts, index, part.verb)}
        </Link>
      )}
    </Fragment>
  ));
}

/** A command names a work order by the start or the end of its ID. */
function isNamed(id: string, given: string): boolean {
  const [whole, part] = [id.replaceAll('-', ''), given.replaceAll('-', '')];
  return whole.startsWith(part) || whole.endsWith(part);
}
