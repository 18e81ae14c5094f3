import type { ReactNode } from 'react';

export interface Column<Item> {
  head: string;
  cell(item: Item): ReactNode;
}

export interface PlainTableProps<Item> {
  caption: string;
  items: readonly Item[];
  keyOf(item: Item): string;
  /** The first column is the row header. */
  columns: ReadonlyArray<Column<Item>>;
}

/** A table that scrolls sideways if it is too wide, also with the keyboard. */
export function PlainTable<Item>({ caption, items, keyOf, columns }: PlainTableProps<Item>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable areas must be focusable
    <section aria-label={caption} tabIndex={0} className="overflow-x-auto">
      <table className="w-full border-collapse">
        <thead className="border-b border-line bg-raised">
          <tr>
            {columns.map(({ head }) => (
              <th
                key={head}
                scope="col"
                className="whitespace-nowrap px-4 py-2 text-left text-[13px] font-medium text-quiet"
              >
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {items.map((item) => (
            <tr key={keyOf(item)}>
              {columns.map(({ head, cell }, index) =>
                index === 0 ? (
                  <th key={head} scope="row" className="px-4 py-2 text-left align-top font-medium">
                    {cell(item)}
                  </th>
                ) : (
                  <td key={head} className="px-4 py-2 align-top">
                    {cell(item)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
