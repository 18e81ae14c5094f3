const outputClass =
  'max-h-72 overflow-auto whitespace-pre-wrap rounded-md border border-line bg-raised p-3 font-mono text-[13px]';

/** What a program has written, as text; what scrolls is moved by keys too. */
export function Output({ title, text }: { title: string; text: string }) {
  return (
    <section
      aria-label={title}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys
      tabIndex={0}
      className={outputClass}
    >
      <bdi>{text}</bdi>
    </section>
  );
}
