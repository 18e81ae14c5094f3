// When something comes to be, or ceases to be, in a page: told by the page itself, in milliseconds of the machine's clock.
import type { Page } from 'playwright-core';

export interface Sight {
  selector: string;
  /** What it says; left out: that it is there. */
  text?: string;
  isThere: boolean;
}

/** Runs in the page. Not more than the look after each change of it: what is measured is not to be slowed down. */
const watch = `(({ selector, text, isThere }) => {
  const isSeen = () => isThere === [...document.querySelectorAll(selector)]
    .some((element) => text === undefined || element.textContent.includes(text));
  window.sighting = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (!isSeen()) return;
      const atMs = Date.now();
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve({ atMs, paintedAtMs: Date.now() })));
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  return isSeen();
})`;

export interface Sighting {
  /** When it was in the document. */
  atMs: number;
  /** When the frame that shows it was drawn. */
  paintedAtMs: number;
}

/** Watches from when it resolves; @throws where it is so already, since nothing could be measured */
export async function watchFor(page: Page, sight: Sight): Promise<() => Promise<Sighting>> {
  const isAlready = await page.evaluate<boolean>(`${watch}(${JSON.stringify(sight)})`);
  if (isAlready)
    throw new TypeError(`It is seen before it is written: ${sight.selector} ${sight.text ?? ''}`);
  return () => page.evaluate<Sighting>('window.sighting');
}
