function toVcard(contact) {
  const lines = ['BEGIN:VCARD', 'VERSION:3.0', `FN:${contact.name}`];
  if (contact.phone) lines.push(`TEL:${contact.phone}`);
  if (contact.email) lines.push(`EMAIL:${contact.email}`);
  lines.push('END:VCARD');
  return lines.join('\r\n');
}

function fromVcard(text) {
  const contact = { name: null, phone: null, email: null };
  for (const line of text.split(/\r?\n/)) {
    const [key, value] = line.split(':', 2);
    if (key === 'FN') contact.name = value;
    else if (key === 'TEL') contact.phone = value;
    else if (key === 'EMAIL') contact.email = value;
  }
  return contact;
}

module.exports = { toVcard, fromVcard };
