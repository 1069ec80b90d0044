const fs = require('node:fs');
const path = require('node:path');

const { locale, title, rates } = JSON.parse(fs.readFileSync(path.join(__dirname, 'locales/en.json'), 'utf8'));

/** Formats orders as invoices in `currency`. */
exports.createFormatter = ({ currency }) => {
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency });
  const price = (line) => ((line.cents * line.count) / 100) * (rates[line.currency] ?? 1);

  return {
    format(order) {
      return {
        title: title.replace('{id}', order.id).replace('{customer}', order.customer),
        lines: order.lines.map((line) => ({ name: line.name, price: money.format(price(line)) })),
        total: money.format(order.lines.reduce((sum, line) => sum + price(line), 0)),
      };
    },
  };
};
