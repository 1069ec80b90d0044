const fs = require('node:fs');
const path = require('node:path');

const { locale, title } = JSON.parse(fs.readFileSync(path.join(__dirname, 'locales/en.json'), 'utf8'));

/** Formats orders in `currency`; `http` (an axios instance) is asked once for the exchange rates. */
exports.createFormatter = ({ currency, http }) => {
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency });
  let rates;

  return {
    async format(order) {
      rates ??= (await http.get('/rates')).data;
      const price = (line) => (line.cents / 100) * (rates[line.currency] ?? 1) * line.count;
      return {
        title: title.replace('{id}', order.id).replace('{customer}', order.customer),
        lines: order.lines.map((line) => ({ name: line.name, price: money.format(price(line)) })),
        total: money.format(order.lines.reduce((sum, line) => sum + price(line), 0)),
      };
    },
  };
};
