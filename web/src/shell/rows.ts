// `j` and `k` go along whatever a page marks with `data-row`: the link of a row, a card, a question.

export function moveByRow(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')].filter((row) =>
    row.checkVisibility(),
  );
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = at === -1 ? (by === 1 ? rows[0] : rows.at(-1)) : rows[at + by];
  if (!next) return;
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
}
