const crypto = require('node:crypto');

function sign(secret, body) {
  return crypto.createHmac('sha256', secret).update(body).digest('hex');
}

function verify(secret, body, signature) {
  return sign(secret, body) === signature;
}

module.exports = { sign, verify };
