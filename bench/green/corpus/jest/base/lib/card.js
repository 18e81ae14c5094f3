/** Lines of at most a width. */
function wrap(text, width) {
  const lines = [];
  for (let at = 0; at < text.length; at += width) lines.push(text.slice(at, at + width));
  return lines;
}

function shout(text) {
  return text.toUpperCase() + '!';
}

/** A card as text. */
function card({ to, from, text, width = 20 }) {
  return ['Dear ' + to + ',', ...wrap(text, width), 'Yours, ' + from].join('\n');
}

function stamp(now = new Date()) {
  return now.toISOString().slice(0, 10);
}

module.exports = { card, shout, stamp, wrap };
