const width = 96;
const height = 24;
const gap = 1;

/** A chart in the size of a word: one bar per span, scaled to the highest. `label` describes it in words. */
export function Sparkline({ course, label }: { course: readonly number[]; label: string }) {
  const most = Math.max(1, ...course);
  const each = width / Math.max(1, course.length);
  return (
    <svg role="img" aria-label={label} width={width} height={height} className="overflow-visible">
      <line x1={0} x2={width} y1={height} y2={height} style={{ stroke: 'var(--line)' }} />
      {course.map((count, index) => {
        const tall = count === 0 ? 0 : Math.max(2, (count / most) * height);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a span is identified by its position
            key={index}
            {...{ x: index * each, y: height - tall, width: Math.max(1, each - gap), height: tall }}
            style={{ fill: 'var(--info)' }}
          />
        );
      })}
    </svg>
  );
}
