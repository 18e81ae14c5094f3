/** A fetch that answers with one body. */
export function fakeFetch(body, status = 200) {
  const calls = [];
  const fetch = async (url, options) => {
    calls.push({ url, ...options });
    return { ok: status < 400, status, json: async () => body };
  };
  return { fetch, calls };
}
