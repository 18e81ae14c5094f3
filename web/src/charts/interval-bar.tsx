const height = 14;
const middle = height / 2;

/** A share in [0, 1] as a dot on the band of its interval. The figures are shown beside it. */
export function IntervalBar({ share, low, high }: { share: number; low: number; high: number }) {
  const at = (value: number) => `${Math.min(1, Math.max(0, value)) * 100}%`;
  return (
    <svg aria-hidden="true" focusable="false" width="100%" height={height} className="overflow-visible">
      <line x1="0" x2="100%" y1={middle} y2={middle} style={{ stroke: 'var(--line)', strokeWidth: 2 }} />
      <line
        {...{ x1: at(low), x2: at(high), y1: middle, y2: middle }}
        style={{ stroke: 'var(--info)', strokeWidth: 4, opacity: 0.55 }}
      />
      {[low, high].map((end, index) => (
        <line
          key={index === 0 ? 'low' : 'high'}
          {...{ x1: at(end), x2: at(end), y1: 2, y2: height - 2 }}
          style={{ stroke: 'var(--info)', strokeWidth: 1.5 }}
        />
      ))}
      <circle cx={at(share)} cy={middle} r={4.5} style={{ fill: 'var(--info)' }} />
    </svg>
  );
}
