import type { Asked } from '../../../../src/contract/contract.ts';
import { shown } from '../../parts/plain-text.ts';

/** What the task allows to change among what judges the change, beside the verdict on it (R-GREEN-17). */
export function AskedOf({ asked }: { asked: Asked }) {
  return (
    <section
      aria-label="What may change beside the product"
      className="rounded-lg border border-line bg-surface px-4 py-3 [overflow-wrap:anywhere]"
    >
      <p className="font-medium">What may change beside the product, as asked</p>
      <ul className="mt-1 list-disc pl-5">
        {asked.tests === 'may_change' ? <li>Tests may demand less, or something else.</li> : null}
        {asked.needs_test ? <li>The change must bring a test that fails without it.</li> : null}
        <Named what="Tests that may be skipped" names={asked.skips} />
        <Named what="What is removed, with its tests" names={asked.removes} />
        <Named what="Configuration that may change" names={asked.configuration} />
      </ul>
    </section>
  );
}

function Named({ what, names }: { what: string; names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <li>
      {what}: <span className="font-mono text-xs">{names.map(shown).join(', ')}</span>
    </li>
  );
}
