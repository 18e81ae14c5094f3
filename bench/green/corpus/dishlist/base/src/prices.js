/** Prices of the supplier by article. `get` is fetch, or something like it. */
export async function fetchPrices(url, get = fetch) {
  const response = await get(url);
  if (!response.ok) throw new Error(`supplier answers ${response.status}`);
  const prices = {};
  for (const { article, cents } of await response.json()) prices[article] = cents;
  return prices;
}
