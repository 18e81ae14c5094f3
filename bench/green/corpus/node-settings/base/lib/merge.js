'use strict';

const isPlain = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The second over the first, level by level. */
function mergeDeep(base, over) {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (Array.isArray(value) && Array.isArray(base[key])) merged[key] = [...base[key], ...value];
    else merged[key] = isPlain(value) && isPlain(base[key]) ? mergeDeep(base[key], value) : value;
  }
  return merged;
}

module.exports = { mergeDeep };
