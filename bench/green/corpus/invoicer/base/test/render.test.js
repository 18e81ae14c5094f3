const { render } = require('../src/render');
const invoice = require('./invoice.fixture');

test('renders an invoice', () => {
  expect(render(invoice())).toMatchSnapshot();
});
