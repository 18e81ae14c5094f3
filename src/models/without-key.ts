// Guarantees that a server's reply never carries our key into an error or an answer (R-SEC-4).

/** A piece of a key this long, anywhere in a text, counts as the key. Shorter ones occur by chance. */
const tellingChars = 8;

/** A shorter key is a placeholder for a server that needs none, and may be an everyday word. */
const secretCharsMin = 16;

const withheld = '[withheld: it quoted the API key]';

/** The text, or nothing if it quotes the key or a recognisable part of it. */
export function withoutKey(text: string, apiKey: string | null): string {
  if (apiKey === null || apiKey === '') {
    return text;
  }
  const key = apiKey.toLowerCase();
  const haystack = text.toLowerCase();
  for (let start = 0; start <= Math.max(0, key.length - tellingChars); start++) {
    if (haystack.includes(key.slice(start, start + tellingChars))) {
      return withheld;
    }
  }
  const encoded = [Buffer.from(apiKey).toString('base64').replace(/=+$/, ''), encodeURIComponent(apiKey)];
  return encoded.some((form) => text.includes(form)) ? withheld : text;
}

/** Removes only the whole key from the text of an answer, in which a piece of a key may be legitimate code. */
export function withoutWholeKey(text: string, apiKey: string | null): string {
  return apiKey === null || apiKey.length < secretCharsMin ? text : text.replaceAll(apiKey, withheld);
}
