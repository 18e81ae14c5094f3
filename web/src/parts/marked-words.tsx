import { Fragment } from 'react';
import { codeParts } from './code-parts.ts';
import { legible } from './plain-text.ts';

/** Untrusted text like `Words`, with its commands in backticks shown as code. */
export function MarkedWords({ text, className }: { text: string; className?: string }) {
  return (
    <bdi className={className}>
      {codeParts(text).map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a part has no other identity than its position
        <Fragment key={index}>
          {part.isCode ? (
            <code className="rounded bg-ground px-1 text-[0.92em]">{legible(part.text)}</code>
          ) : (
            legible(part.text)
          )}
        </Fragment>
      ))}
    </bdi>
  );
}
