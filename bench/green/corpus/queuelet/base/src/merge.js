export function merge(target, source) {
  const out = { ...target };
  for (const [key, value] of Object.entries(source)) out[key] = value;
  return out;
}
