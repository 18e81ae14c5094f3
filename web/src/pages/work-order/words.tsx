import { legible } from './plain-text.ts';

/** Text that somebody else has written: it turns nothing around it, and what is read is what is there. */
export function Words({ text, className }: { text: string; className?: string }) {
  return <bdi className={className}>{legible(text)}</bdi>;
}
