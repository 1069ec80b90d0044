const { Piscina } = require('piscina');

const pool = new Piscina({ filename: `${__dirname}/task.js`, maxThreads: 2 });
Promise.all(['box 1', 'box 2'].map((text) => pool.run(text))).then(async (labels) => {
  console.log(labels.join(' '));
  await pool.destroy();
});
