const { label } = require('labels');

module.exports = async (text) => {
  const made = label(text);
  // The connection that the label makes gets its turn before the thread ends.
  await new Promise((resolve) => setTimeout(resolve, 50));
  return made;
};
