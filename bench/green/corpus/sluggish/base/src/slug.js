const MAP = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss' };

export function slug(title) {
  return title
    .toLowerCase()
    .replace(/[äöüß]/g, (c) => MAP[c])
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
