export function money(amount, currency = 'EUR') {
  return amount.toFixed(2) + ' ' + currency;
}

export function invoiceNumber(year, serial) {
  return year + '-' + String(serial).padStart(4, '0');
}
