/* Prints its port, and renders a page on the server out of 400 small modules, each loaded when it is first needed. */
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { usage } = require('./report-usage.cjs');

const COMPONENTS = 400;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'diogenesis-pages-'));
process.on('SIGTERM', () => {
  fs.rmSync(folder, { recursive: true });
  process.exit(0);
});
fs.writeFileSync(path.join(folder, 'package.json'), '{"name":"pages","version":"1.0.0"}');
for (let i = 0; i < COMPONENTS; i++) {
  fs.writeFileSync(
    path.join(folder, `component-${i}.cjs`),
    `const { join } = require('node:path');
     exports.render = (props) => '<li id="' + join('row', String(props.id)) + '">${i} ' + props.name + '</li>';`,
  );
}
fs.writeFileSync(path.join(folder, 'messages.json'), JSON.stringify({ title: 'Rows' }));
fs.writeFileSync(path.join(folder, 'layout.html'), '<title>{title}</title><ul>{rows}</ul>');

const component = (i) => require(path.join(folder, `component-${i}.cjs`));
let asked = 0;
const server = http.createServer(async (request, response) => {
  if (request.url === '/usage') return response.end(usage());
  const { title } = JSON.parse(await fs.promises.readFile(path.join(folder, 'messages.json'), 'utf8'));
  const layout = fs.readFileSync(path.join(folder, 'layout.html'), 'utf8');
  let rows = '';
  for (let i = 0; i < 20; i++) rows += component(asked++ % COMPONENTS).render({ id: i, name: 'row' });
  response.setHeader('content-type', 'text/html');
  response.end(layout.replace('{title}', title).replace('{rows}', rows));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
