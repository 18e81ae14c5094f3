import { usd } from '../../parts/money.ts';

interface Span {
  low: number;
  high: number;
}

/** `3–8`, or `3` if both ends are equal. */
export const countSpan = ({ low, high }: Span) =>
  low === high
    ? low.toLocaleString('en-US')
    : `${low.toLocaleString('en-US')}–${high.toLocaleString('en-US')}`;

export const usdSpan = ({ low, high }: Span) => (low === high ? usd(low) : `${usd(low)} – ${usd(high)}`);
