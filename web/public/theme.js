// Before the first paint, so that nobody is dazzled: the theme that was chosen, or the system's.
let chosen = null;
try {
  chosen = localStorage.getItem('moose.theme');
} catch {
  // Where keeping is forbidden, the system's.
}
const isDark =
  chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
document.documentElement.classList.toggle('dark', isDark);
