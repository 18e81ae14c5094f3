/** `a=1&b=2` as an object; a name that stands there twice has an array. */
export function parseQuery(text) {
  const result = Object.create(null);
  for (const pair of text.replace(/^\?/, '').split('&')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const name = decodeURIComponent(at < 0 ? pair : pair.slice(0, at));
    const value = at < 0 ? '' : decodeURIComponent(pair.slice(at + 1));
    if (!(name in result)) result[name] = value;
    else result[name] = [].concat(result[name], value);
  }
  return result;
}

export function formatQuery(values) {
  return Object.entries(values)
    .flatMap(([name, value]) => [].concat(value).map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(each)}`))
    .join('&');
}
