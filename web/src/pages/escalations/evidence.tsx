import type { EscalationCard } from '../../../../src/contract/contract.ts';
import { asJson, plainText, shown } from '../../parts/plain-text.ts';
import { evidenceOf } from './evidence-of.ts';

export function EvidenceView({ card }: { card: EscalationCard }) {
  const { facts, texts } = evidenceOf(card);
  return (
    <div className="flex flex-col gap-3">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-[13px]">
        {facts.map(({ name, value }) => (
          <div key={name} className="contents">
            <dt className="text-quiet">{name}</dt>
            <dd className="[overflow-wrap:anywhere]">
              <bdi>{shown(value)}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      {texts.map(({ name, text }) => (
        <figure key={name} className="flex flex-col gap-1">
          <figcaption className="text-[13px] text-quiet">{name}</figcaption>
          <Said text={text} label={name} />
        </figure>
      ))}
      <details className="text-[13px]">
        <summary className="min-h-6 cursor-pointer text-quiet">Raw evidence</summary>
        <Said text={asJson(card.context)} label="Raw evidence as JSON" />
      </details>
    </div>
  );
}

/** Output of a program; scrollable with the keyboard. */
export function Said({ text, label }: { text: string; label: string }) {
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable areas must be focusable
      tabIndex={0}
      aria-label={label}
      className="max-h-72 overflow-auto rounded-md border border-line bg-raised p-3"
    >
      <pre
        dir="ltr"
        className="whitespace-pre-wrap font-mono text-xs [overflow-wrap:anywhere] [unicode-bidi:isolate]"
      >
        {plainText(text)}
      </pre>
    </section>
  );
}
