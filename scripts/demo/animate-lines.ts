import type { RecordedLine } from './record-terminal.ts';

// Draws a recording as an SVG that scrolls by itself, even inside an <img>. It needs no script. People who prefer
// reduced motion see the last screen.

const columns = 100;
const rows = 22;
const lineHeight = 19;
const charWidth = 8.43;
const padding = 16;
const barHeight = 34;
const pauseMsMax = 450;
const holdMs = 7_000;

const colors = { text: '#e6e6e6', dim: '#8b949e', back: '#0d1117', bar: '#21262d' };
const styles: Readonly<Record<string, string>> = {
  1: 'font-weight:700',
  2: `fill:${colors.dim}`,
  31: 'fill:#ff7b72',
  32: 'fill:#56d364',
  33: 'fill:#e3b341',
  34: 'fill:#79c0ff',
  35: 'fill:#d2a8ff',
  36: 'fill:#76e3ea',
  90: `fill:${colors.dim}`,
};

/** Escape sequences for colours and weights. */
const escapeSequence = new RegExp(`${'\x1b'}\\[([0-9;]*)m`);

export function animateLines(lines: readonly RecordedLine[], title: string): string {
  const times = shortenPauses(lines.map((line) => line.atMs));
  const totalMs = (times.at(-1) ?? 0) + holdMs;
  const frames = times.flatMap((atMs, index) =>
    times[index + 1] === atMs ? [] : [{ atMs, shown: index + 1 }],
  );
  const width = Math.round(columns * charWidth + 2 * padding);
  const height = rows * lineHeight + barHeight + 2 * padding;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escapeXml(title)}</title>
<style>
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:${colors.text};white-space:pre}
.lines{transform:translateY(${scrolled(lines.length)}px);animation:scroll ${totalMs}ms step-end infinite}
.curtain{transform:translateY(${lines.length * lineHeight}px);animation:reveal ${totalMs}ms step-end infinite}
@keyframes scroll{${frames.map(({ atMs, shown }) => frame(atMs / totalMs, scrolled(shown))).join('')}}
@keyframes reveal{0%{transform:none}${frames.map(({ atMs, shown }) => frame(atMs / totalMs, shown * lineHeight)).join('')}}
@media (prefers-reduced-motion:reduce){.lines,.curtain{animation:none}}
</style>
<rect width="${width}" height="${height}" rx="10" fill="${colors.back}"/>
<path d="M0 ${barHeight}V10A10 10 0 0 1 10 0H${width - 10}A10 10 0 0 1 ${width} 10V${barHeight}Z" fill="${colors.bar}"/>
<g fill="${colors.dim}"><circle cx="22" cy="17" r="6"/><circle cx="42" cy="17" r="6"/><circle cx="62" cy="17" r="6"/></g>
<svg x="${padding}" y="${barHeight + padding}" width="${width - 2 * padding}" height="${rows * lineHeight}"><g class="lines">
${lines.map(({ text }, index) => `<text y="${index * lineHeight + 14}">${draw(text)}</text>`).join('\n')}
<rect class="curtain" width="100%" height="${(lines.length + rows) * lineHeight}" fill="${colors.back}"/>
</g></svg>
</svg>
`;
}

function scrolled(shown: number): number {
  return Math.min(0, rows - shown) * lineHeight;
}

function frame(share: number, translatePx: number): string {
  return `${(share * 100).toFixed(2)}%{transform:translateY(${translatePx}px)}`;
}

/** Rounds times to tenths of a second, so that lines that arrive together appear together. */
function shortenPauses(times: readonly number[]): number[] {
  let shortenedMs = 0;
  return times.map((atMs, index) => {
    shortenedMs += Math.min(atMs - (times[index - 1] ?? 0), pauseMsMax);
    return Math.round(shortenedMs / 100) * 100;
  });
}

/** Cuts a line to the width of the terminal. */
function draw(line: string): string {
  let css: string[] = [];
  let room = columns;
  return line
    .split(escapeSequence)
    .map((part, index) => {
      if (index % 2 === 1) {
        css = part.split(';').flatMap((code) => styles[code] ?? []);
        return '';
      }
      const cut = part.length > room ? `${part.slice(0, Math.max(0, room - 1))}…` : part;
      room -= cut.length;
      return css.length > 0 && cut !== ''
        ? `<tspan style="${css.join(';')}">${escapeXml(cut)}</tspan>`
        : escapeXml(cut);
    })
    .join('');
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
