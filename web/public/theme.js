// Sets the theme before the first paint, so that the page does not flash.
let chosen = null;
try {
  chosen = localStorage.getItem('moose.theme');
} catch {
  // Without storage, follow the system.
}
const isDark =
  chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
document.documentElement.classList.toggle('dark', isDark);
