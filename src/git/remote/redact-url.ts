/** Hides user and password in every URL of a text; the public user `git` stays. */
export function redactUrls(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)(?!git@)[^\s/@'"]+@/gi, '$1***@');
}
