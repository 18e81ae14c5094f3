// Focuses the heading of a new page, so that screen readers announce it. The first page keeps the browser's focus.
let hasArrived = false;

export function focusOnPage(): void {
  hasArrived = true;
  const main = document.querySelector('main');
  const place = main?.querySelector<HTMLElement>('h1[tabindex]') ?? main;
  place?.focus({ preventScroll: true });
}

/** A heading that appears later takes the focus only if nothing else has it. */
export function focusOnLateHeading(): void {
  const { activeElement } = document;
  const isFree = activeElement === null || activeElement.matches('body, main');
  if (hasArrived && isFree) focusOnPage();
}
