const escape = text => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')

/** An HTML list of pages. */
export function renderIndex(pages) {
  const rows = pages.map(page => `  <li><a href="${escape(page.path)}">${escape(page.title)}</a></li>`)
  return `<ul class="index">\n${rows.join('\n')}\n</ul>\n`
}
