export async function fetchJson(url, { fetch = globalThis.fetch } = {}) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.json();
}
