'use strict';

function parseQuery(text) {
  const words = text.split(' ');
  return {
    tags: words.filter((word) => word.startsWith('#')).map((word) => word.slice(1)),
    words: words.filter((word) => !word.startsWith('#')),
  };
}

function matches(note, { tags, words }) {
  return tags.every((tag) => note.tags.includes(tag)) && words.every((word) => note.text.includes(word));
}

function ago(date, now) {
  const minutes = Math.floor((now - date) / 60000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return minutes + ' min ago';
  return Math.floor(minutes / 60) + ' h ago';
}

module.exports = { parseQuery, matches, ago };
