const { verify } = require('./signature');

class Relay {
  constructor({ secret, targets, deliver }) {
    this.secret = secret;
    this.targets = targets;
    this.deliver = deliver;
  }

  async handle({ body, signature }) {
    if (!verify(this.secret, body, signature)) throw new Error('bad signature');
    const event = JSON.parse(body);
    for (const target of this.targets) await this.deliver(target, event);
    return this.targets.length;
  }
}

module.exports = { Relay };
