const { normalise } = require('./phone');

function faxHeader(contact, pages) {
  if (!contact.phone) throw new TypeError('no number');
  const to = normalise(contact.phone);
  if (pages > 1) return `TO ${to} (${pages} pages)`;
  return `TO ${to}`;
}

module.exports = { faxHeader };
