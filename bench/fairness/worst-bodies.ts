// The requests that cost a gateway the most for their bytes.

const millions = 4_900_000;
const valuesBelowLimit = 95_000;

/** `hashed`: a list of millions, each item hashed by itself; `counted`: one that is within every limit, and free. */
export function worstBody(kind: string): Buffer {
  if (kind === 'hashed')
    return Buffer.from(`{"model":"m","max_tokens":9,"messages":[${'0,'.repeat(millions)}0]}`);
  const text = 'größer '.repeat(550_000);
  const blocks = `${'{"type":"text"},'.repeat(valuesBelowLimit / 2)}${JSON.stringify({ type: 'text', text })}`;
  return Buffer.from(`{"model":"m","messages":[{"role":"user","content":[${blocks}]}]}`);
}
