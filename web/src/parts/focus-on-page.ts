// Who comes to another page begins at its heading, which is read out; who comes to Moose begins where the browser does.
let hasArrived = false;

export function focusOnPage(): void {
  hasArrived = true;
  const main = document.querySelector('main');
  const place = main?.querySelector<HTMLElement>('h1[tabindex]') ?? main;
  place?.focus({ preventScroll: true });
}

/** A heading that comes late, or in the place of another, takes the focus where nothing else has it. */
export function focusOnLateHeading(): void {
  const { activeElement } = document;
  const isFree = activeElement === null || activeElement.matches('body, main');
  if (hasArrived && isFree) focusOnPage();
}
