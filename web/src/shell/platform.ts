const isApple = /mac|iphone|ipad/i.test(navigator.platform);

/** The name of the key chord on this platform. */
export const chordWords = isApple ? '⌘K' : 'Ctrl K';

/** On Apple platforms Ctrl-K belongs to text editing. */
export function isChord(event: KeyboardEvent): boolean {
  const isHeld = isApple ? event.metaKey : event.ctrlKey || event.metaKey;
  return isHeld && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k';
}
