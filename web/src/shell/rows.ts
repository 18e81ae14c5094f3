// `j` and `k` move between elements with `data-row`: rows, cards and questions.

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
