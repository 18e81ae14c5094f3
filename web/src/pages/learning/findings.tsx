import { Lightbulb } from 'lucide-react';
import type { Learning } from '../../../../src/api/contract.ts';
import { count } from '../monitoring/words.ts';
import { Words } from '../work-order/words.tsx';

/** What may be believed of all that follows, in sentences. */
export function Findings({ learning: { findings, attempts } }: { learning: Learning }) {
  return (
    <section aria-label="What stands out" className="rounded-lg border border-line bg-surface">
      <p className="px-4 py-3 text-base font-semibold">
        {findings.length === 0
          ? `Nothing stands out beyond chance in ${count(attempts)} attempts: the differences below may be luck.`
          : `What stands out beyond chance in ${count(attempts)} attempts:`}
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
