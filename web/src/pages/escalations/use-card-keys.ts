// `j` and `k` go from question to question, 1 to 9 to its options; Enter then chooses, as on any button.
import { useEffect } from 'react';

export function useCardKeys(): void {
  useEffect(() => {
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target))
    return;
  if (document.querySelector('[role=dialog]')) return;
  const cards = [...document.querySelectorAll<HTMLElement>('[data-question]')];
  const at = cards.findIndex((card) => card.contains(document.activeElement));
  if (event.key === 'j' || event.key === 'k') {
    const to = event.key === 'j' ? Math.min(at + 1, cards.length - 1) : Math.max(at - 1, 0);
    focusOn(event, cards[to]);
  } else if (/^[1-9]$/.test(event.key)) {
    const card = cards[Math.max(at, 0)];
    focusOn(event, card?.querySelector<HTMLElement>(`[data-option="${event.key}"]`));
  }
}

function focusOn(event: KeyboardEvent, element: HTMLElement | null | undefined): void {
  if (!element) return;
  event.preventDefault();
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: 'nearest' });
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
