/** `?a=1&b=x` as an object; a repeated name gives an array. */
export function parseQuery(text) {
  const result = {}
  for (const [name, value] of new URLSearchParams(text)) {
    if (!(name in result)) result[name] = value
    else result[name] = [].concat(result[name], value)
  }
  return result
}
