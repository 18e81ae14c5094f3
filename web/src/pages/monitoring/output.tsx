const outputClass =
  'max-h-72 overflow-auto whitespace-pre-wrap rounded-md border border-line bg-raised p-3 font-mono text-[13px]';

/** Output of a program as plain text; scrollable with the keyboard. */
export function Output({ title, text }: { title: string; text: string }) {
  return (
    <section
      aria-label={title}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable areas must be focusable
      tabIndex={0}
      className={outputClass}
    >
      <bdi>{text}</bdi>
    </section>
  );
}
