import { Words } from '../parts/words.tsx';

export interface TableInsteadProps {
  caption: string;
  head: readonly string[];
  rows: ReadonlyArray<readonly string[]>;
}

/** The data of a chart as a table, also for screen readers. */
export function TableInstead({ caption, head, rows }: TableInsteadProps) {
  return (
    <details className="text-[13px]">
      <summary className="inline-flex min-h-6 items-center text-quiet underline underline-offset-2">
        Show as table
      </summary>
      {/* Scrolls sideways on phones, also with the keyboard. */}
      <section
        aria-label={caption}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable areas must be focusable
        tabIndex={0}
        className="relative mt-2 max-h-72 overflow-auto rounded-md border border-line"
      >
        <table className="w-full border-collapse tabular-nums">
          <caption className="sr-only">{caption}</caption>
          <thead className="sticky top-0 bg-raised">
            <tr>
              {head.map((title, column) => (
                <th
                  key={title}
                  scope="col"
                  className={`px-3 py-1.5 font-medium ${column === 0 ? 'text-left' : 'text-right'}`}
                >
                  <Words text={title} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {rows.map(([first = '', ...values]) => (
              <tr key={first}>
                <th scope="row" className="whitespace-nowrap px-3 py-1 text-left font-normal">
                  <Words text={first} />
                </th>
                {values.map((value, column) => (
                  <td key={head[column + 1]} className="px-3 py-1 text-right">
                    {value}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
