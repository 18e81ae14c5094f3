import type { ReactNode } from 'react';
import { Words } from '../../parts/words.tsx';

/** Scrolls sideways on small screens, also with the keyboard. */
export function WideTable({
  caption,
  columns,
  children,
}: {
  caption: string;
  columns: readonly string[];
  children: ReactNode;
}) {
  return (
    <section
      aria-label={caption}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable areas must be focusable
      tabIndex={0}
      className="relative overflow-x-auto"
    >
      <table className="w-full border-collapse">
        <caption className="sr-only">{caption}</caption>
        <thead className="border-b border-line bg-raised">
          <tr>
            {columns.map((title) => (
              <th key={title} scope="col" className="px-3 py-2 text-left text-[13px] font-medium text-quiet">
                <Words text={title} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">{children}</tbody>
      </table>
    </section>
  );
}
