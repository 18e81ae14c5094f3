import { Words } from '../../parts/words.tsx';
import type { RecoveryRow } from './recovery-row.ts';
import { doesOf, whenOf } from './recovery-row.ts';

const headClass = 'px-3 py-1.5 text-left text-[13px] font-medium text-quiet';

/** Read from the top: the first matching row applies. */
export function RecoveryTable({ rows }: { rows: readonly RecoveryRow[] }) {
  return (
    <section
      aria-label="Recovery table"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable areas must be focusable
      tabIndex={0}
      className="mt-2 overflow-x-auto rounded-md border border-line"
    >
      <table className="w-full min-w-[40rem] border-collapse text-[13px]">
        <thead className="border-b border-line bg-raised">
          <tr>
            <th scope="col" className={`${headClass} w-8`}>
              <span className="sr-only">Number</span>
            </th>
            <th scope="col" className={headClass}>
              Failure
            </th>
            <th scope="col" className={headClass}>
              Recovery
            </th>
            <th scope="col" className={headClass}>
              Reason
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map((row, index) => (
            <tr key={`${whenOf(row)} ${doesOf(row)}`}>
              <td className="px-3 py-1.5 text-right text-quiet">{index + 1}</td>
              <td className="px-3 py-1.5">
                <Words text={whenOf(row)} />
              </td>
              <td className="px-3 py-1.5 font-medium">
                <Words text={doesOf(row)} />
              </td>
              <td className="px-3 py-1.5 text-quiet">
                <Words text={row.because} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
