// Keys 1 to 9 focus the options of the current question; Enter chooses, as on any button.
import { useEffect } from 'react';
import { areLettersOff } from '../../shell/use-keys.ts';

export function useCardKeys(): void {
  useEffect(() => {
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

function onKey(event: KeyboardEvent): void {
  if (
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    event.defaultPrevented ||
    areLettersOff() ||
    isTyping(event.target)
  )
    return;
  if (document.querySelector('[role=dialog]')) return;
  if (!/^[1-9]$/.test(event.key)) return;
  const cards = [...document.querySelectorAll<HTMLElement>('[data-question]')];
  const card = cards.find((each) => each.contains(document.activeElement)) ?? cards[0];
  focusOn(event, card?.querySelector<HTMLElement>(`[data-option="${event.key}"]`));
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
