let counter = 0;

class Book {
  #contacts = new Map();

  add({ name, phone = null, email = null }) {
    if (!name) throw new TypeError('a contact needs a name');
    counter += 1;
    const contact = { id: `c${counter}`, name, phone, email };
    this.#contacts.set(contact.id, contact);
    return contact;
  }

  get(id) {
    return this.#contacts.get(id);
  }

  find(text) {
    return [...this.#contacts.values()].filter((c) => c.name.includes(text));
  }
}

module.exports = { Book };
