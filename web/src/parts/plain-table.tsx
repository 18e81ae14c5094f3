import type { ReactNode } from 'react';
import { isPhoneQuery, useMediaQuery } from './use-media-query.ts';

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

/** More columns do not fit side by side on a phone. */
const phoneColumnsMax = 2;

/**
 * A table that scrolls sideways if it is too wide, also with the keyboard. On a phone, each row becomes a block with one
 * line for each column.
 */
export function PlainTable<Item>(props: PlainTableProps<Item>) {
  const isPhone = useMediaQuery(isPhoneQuery);
  return isPhone && props.columns.length > phoneColumnsMax ? <Blocks {...props} /> : <Rows {...props} />;
}

function Rows<Item>({ caption, items, keyOf, columns }: PlainTableProps<Item>) {
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

/** The same content as a list, so that nothing has to be scrolled sideways. */
function Blocks<Item>({ caption, items, keyOf, columns: [first, ...others] }: PlainTableProps<Item>) {
  return (
    <section aria-label={caption}>
      <ul className="divide-y divide-line">
        {items.map((item) => (
          <li key={keyOf(item)} className="flex flex-col gap-1.5 px-4 py-3 [overflow-wrap:anywhere]">
            <div className="font-medium">{first?.cell(item)}</div>
            <dl className="grid grid-cols-[minmax(0,7.5rem)_minmax(0,1fr)] gap-x-3 gap-y-1">
              {others.map(({ head, cell }) => (
                <div key={head} className="contents">
                  <dt className="text-[13px] text-quiet">{head}</dt>
                  <dd className="min-w-0 [&_*]:whitespace-normal!">{cell(item)}</dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ul>
    </section>
  );
}
