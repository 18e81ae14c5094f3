import type { PatternKind, SeriesLook } from './series-look.ts';

const size = 6;
const strokes: Readonly<Record<PatternKind, string>> = {
  plain: '',
  rising: 'M-1 7 L7 -1 M-1 1 L1 -1 M5 7 L7 5',
  falling: 'M-1 -1 L7 7 M5 -1 L7 1 M-1 5 L1 7',
  lying: 'M0 3 H6',
  standing: 'M3 0 V6',
  crossed: 'M0 0 L6 6 M6 0 L0 6',
  dots: '',
};

export const fillOf = (id: string, index: number) => `url(#${id}-${index})`;

/** Defines the fill patterns that charts use through `fillOf`. */
export function Patterns({ id, looks }: { id: string; looks: readonly SeriesLook[] }) {
  return (
    <svg aria-hidden="true" focusable="false" width={0} height={0} className="absolute">
      <defs>
        {looks.map(({ colour, pattern }, index) => (
          <pattern
            // biome-ignore lint/suspicious/noArrayIndexKey: the position is its identity
            key={index}
            id={`${id}-${index}`}
            width={size}
            height={size}
            patternUnits="userSpaceOnUse"
          >
            <rect width={size} height={size} style={{ fill: colour }} />
            {pattern === 'dots' ? <circle cx={3} cy={3} r={1.3} style={{ fill: 'var(--surface)' }} /> : null}
            {strokes[pattern] ? (
              <path d={strokes[pattern]} style={{ stroke: 'var(--surface)', strokeWidth: 1.1 }} />
            ) : null}
          </pattern>
        ))}
      </defs>
    </svg>
  );
}

export function Swatch({ fill }: { fill: string }) {
  return (
    <svg aria-hidden="true" focusable="false" width={14} height={14} className="shrink-0">
      <rect width={14} height={14} rx={3} style={{ fill }} />
    </svg>
  );
}
