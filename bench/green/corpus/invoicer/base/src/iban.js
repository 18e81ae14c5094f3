function normalise(iban) {
  return iban.replace(/\s+/g, '').toUpperCase();
}

function isIban(iban) {
  return /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(normalise(iban));
}

module.exports = { normalise, isIban };
