// Draws counts as one line of bars. Pure.

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const nothing = '·';

/** The highest count is a full bar; zero is a dot, so that it is not mistaken for a small count. */
export function sparkline(counts: readonly number[]): string {
  const highest = Math.max(1, ...counts);
  return counts
    .map((count) =>
      count <= 0 ? nothing : (bars[Math.ceil((count / highest) * bars.length) - 1] ?? bars[0]),
    )
    .join('');
}
