// Preferences kept in the browser. Without storage they reset to their defaults on each visit.

export function readKept(name: string): string | null {
  try {
    return localStorage.getItem(`moose.${name}`);
  } catch {
    return null;
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`moose.${name}`, value);
  } catch {
    // Kept until the page is closed.
  }
}
