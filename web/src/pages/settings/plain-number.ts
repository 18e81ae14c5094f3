/** A comma separates thousands only: in `0,50` and `1,5` it would be a decimal point for some, and nothing for others. */
const plain = /^(?:\d+|[1-9]\d{0,2}(?:,\d{3})+)(?:\.\d+)?$/;

/** A typed number such as 1500, 0.5 or 1,500.50; null for anything else. */
export function plainNumber(text: string): number | null {
  return plain.test(text) ? Number(text.replaceAll(',', '')) : null;
}
