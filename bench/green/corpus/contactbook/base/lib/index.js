module.exports = { ...require('./book'), ...require('./vcard'), ...require('./phone'), ...require('./fax') };
