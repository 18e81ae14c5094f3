import { Lightbulb } from 'lucide-react';
import type { Learning } from '../../../../src/contract/contract.ts';
import { Words } from '../../parts/words.tsx';
import { count } from '../monitoring/words.ts';

/** The statistically significant results, in sentences. */
export function Findings({ learning: { findings, attempts } }: { learning: Learning }) {
  return (
    <section aria-label="Significant differences" className="rounded-lg border border-line bg-surface">
      <p className="px-4 py-3 text-base font-semibold">
        {findings.length === 0
          ? `No significant differences in ${count(attempts)} attempts. The differences below may be chance.`
          : `Statistically significant in ${count(attempts)} attempts:`}
      </p>
      {findings.length === 0 ? null : (
        <ul className="divide-y divide-line border-t border-line">
          {findings.map(({ text, evidence }) => (
            <li key={text} className="flex items-start gap-2.5 px-4 py-2.5 [overflow-wrap:anywhere]">
              <Lightbulb aria-hidden size={16} className="mt-0.5 shrink-0 text-accent" />
              <div>
                <p>
                  <Words text={text} />
                </p>
                <p className="text-[13px] text-quiet">
                  <Words text={evidence} />
                </p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
