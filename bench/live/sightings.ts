// When something appears on a page or disappears: reported by the page itself, in milliseconds of the machine's clock.
import type { Page } from 'playwright-core';

export interface Sight {
  selector: string;
  /** The text of the element; if absent, any text. */
  text?: string;
  isThere: boolean;
}

/**
 * Runs in the page. It only looks once after each change of the page, so that it does not slow down what is measured.
 */
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

/**
 * Resolves when it has begun to watch. @throws if the sight is there already, because then nothing could be measured
 */
export async function watchFor(page: Page, sight: Sight): Promise<() => Promise<Sighting>> {
  const isAlready = await page.evaluate<boolean>(`${watch}(${JSON.stringify(sight)})`);
  if (isAlready)
    throw new TypeError(`It is seen before it is written: ${sight.selector} ${sight.text ?? ''}`);
  return () => page.evaluate<Sighting>('window.sighting');
}
