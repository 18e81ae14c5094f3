import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import { Words } from '../../parts/words.tsx';
import { labelOf, tabsOf, verbs } from './command-labels.ts';
import { textParts } from './text-parts.ts';

/** Text about a work order, with links and button names instead of commands. `isAtHome`: this page has the buttons. */
export function LinkedText({ text, id, isAtHome = false }: { text: string; id: string; isAtHome?: boolean }) {
  return textParts(text, verbs).map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a part has no other identity than its position
    <Fragment key={index}>
      {'text' in part ? (
        <Words text={part.text} />
      ) : isAtHome && !tabsOf[part.verb] ? (
        <strong>{labelOf[part.verb]}</strong>
      ) : (
        <Link
          to="/work-orders/$id"
          params={{ id }}
          search={tabsOf[part.verb] ? { tab: tabsOf[part.verb]?.tab } : {}}
          className="font-medium underline underline-offset-2"
        >
          {labelOf[part.verb]}
        </Link>
      )}
    </Fragment>
  ));
}
