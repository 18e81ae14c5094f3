export class ClientError extends Error {}

/** Turn the server's answer into what shops show. */
export function readQuote(body) {
  if (!Number.isInteger(body?.price_cents)) throw new ClientError('answer without a price');
  const days = body.days === 1 ? 'tomorrow' : `in ${body.days} days`;
  return { price: (body.price_cents / 100).toFixed(2), arrives: days };
}

export function createClient(url, { fetch = globalThis.fetch } = {}) {
  return {
    async quote(request) {
      const response = await fetch(`${url}/quotes`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(request),
      });
      if (!response.ok) throw new ClientError(`server says ${response.status}`);
      return readQuote(await response.json());
    },
  };
}
