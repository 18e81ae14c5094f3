// The requests that cost a gateway the most for their size.

const millions = 4_900_000;
const valuesBelowLimit = 95_000;

/**
 * `hashed`: a list of millions of items, each hashed separately; `counted`: one within every limit, which costs
 * nothing.
 */
export function worstBody(kind: string): Buffer {
  if (kind === 'hashed')
    return Buffer.from(`{"model":"m","max_tokens":9,"messages":[${'0,'.repeat(millions)}0]}`);
  const text = 'größer '.repeat(550_000);
  const blocks = `${'{"type":"text"},'.repeat(valuesBelowLimit / 2)}${JSON.stringify({ type: 'text', text })}`;
  return Buffer.from(`{"model":"m","messages":[{"role":"user","content":[${blocks}]}]}`);
}
