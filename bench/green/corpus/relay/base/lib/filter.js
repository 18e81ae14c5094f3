// "order.*" matches order.created and order.line.added, "*" everything.
function matches(pattern, type) {
  if (pattern === '*') return true;
  if (pattern.endsWith('.*')) return type.startsWith(pattern.slice(0, -1));
  return pattern === type;
}

module.exports = { matches };
