/** Puts values in the place of `{{name}}`; what has no value stays as it is. */
export function render(template, values) {
  return template.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
