import { legible } from './plain-text.ts';

/** Untrusted text: isolated from the reading order around it, with invisible characters shown. */
export function Words({ text, className }: { text: string; className?: string }) {
  return <bdi className={className}>{legible(text)}</bdi>;
}
