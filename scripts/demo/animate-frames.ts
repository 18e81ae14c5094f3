import { columns, type Frame, rows } from './record-terminal.ts';

// Draws a recording as an SVG that plays by itself, even inside an <img>. It needs no script. People who prefer reduced
// motion see the last screen.

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

/** A text in one row of the screen. */
interface Shown {
  row: number;
  text: string;
  fromMs: number;
  /** Infinity if it is on the last screen. */
  untilMs: number;
}

export function animateFrames(frames: readonly Frame[], title: string): string {
  const times = shortenPauses(frames.map(({ atMs }) => atMs));
  const totalMs = (times.at(-1) ?? 0) + holdMs;
  const all = shownIn(frames, times);
  const width = Math.round(columns * charWidth + 2 * padding);
  const height = rows * lineHeight + barHeight + 2 * padding;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escapeXml(title)}</title>
<style>
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:${colors.text};white-space:pre}
.t{opacity:0;animation:${totalMs}ms step-end infinite}
.l{opacity:1}
${all.map((shown, index) => keyframes(shown, index, totalMs)).join('\n')}
@media (prefers-reduced-motion:reduce){.t{animation:none!important}}
</style>
<rect width="${width}" height="${height}" rx="10" fill="${colors.back}"/>
<path d="M0 ${barHeight}V10A10 10 0 0 1 10 0H${width - 10}A10 10 0 0 1 ${width} 10V${barHeight}Z" fill="${colors.bar}"/>
<g fill="${colors.dim}"><circle cx="22" cy="17" r="6"/><circle cx="42" cy="17" r="6"/><circle cx="62" cy="17" r="6"/></g>
<g transform="translate(${padding} ${barHeight + padding})">
${all.map(({ row, text, untilMs }, index) => `<text class="t${untilMs === Number.POSITIVE_INFINITY ? ' l' : ''}" style="animation-name:k${index}" y="${row * lineHeight + 14}">${draw(text)}</text>`).join('\n')}
</g>
</svg>
`;
}

function keyframes({ fromMs, untilMs }: Shown, index: number, totalMs: number): string {
  const at = (ms: number) => `${((ms / totalMs) * 100).toFixed(2)}%`;
  const before = fromMs > 0 ? '0%{opacity:0}' : '';
  const after = untilMs === Number.POSITIVE_INFINITY ? '' : `${at(untilMs)}{opacity:0}`;
  return `@keyframes k${index}{${before}${at(fromMs)}{opacity:1}${after}}`;
}

/** Each text of the screens once, for as long as it stays in its row. */
function shownIn(frames: readonly Frame[], times: readonly number[]): Shown[] {
  const all: Shown[] = [];
  const current: (Shown | undefined)[] = [];
  for (const [index, { lines }] of frames.entries()) {
    const atMs = times[index] ?? 0;
    // Of screens at the same time, only the last one is seen.
    if (times[index + 1] === atMs) continue;
    const screen = lines.slice(-rows);
    for (let row = 0; row < rows; row++) {
      const text = screen[row] ?? '';
      if (current[row]?.text === text) continue;
      const last = current[row];
      if (last) last.untilMs = atMs;
      current[row] = undefined;
      if (text === '') continue;
      const shown = { row, text, fromMs: atMs, untilMs: Number.POSITIVE_INFINITY };
      current[row] = shown;
      all.push(shown);
    }
  }
  return all;
}

/** Rounds times to tenths of a second, so that what arrives together appears together. */
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
