/** docs/configuration.md out of the JSON Schema of the configuration file. Pure. */

const ENVIRONMENT = {
  mode: 'DIOGENESIS_MODE',
  lock: 'DIOGENESIS_LOCK',
  findings: 'DIOGENESIS_FINDINGS',
  otlpEndpoint: 'DIOGENESIS_OTLP_ENDPOINT',
  shareTraits: 'DIOGENESIS_SHARE_TRAITS',
  quiet: 'DIOGENESIS_QUIET',
};

export function configurationReference(schema) {
  const rows = rowsOf(schema, schema, '');
  return `# Configuration

Generated from [diogenesis.schema.json](../diogenesis.schema.json) by \`npm run docs:write\`.

Options in code come first, then the environment, then \`diogenesis.config.json\` (or the file that \`DIOGENESIS_CONFIG\`
names), then the defaults. A key that is not known or a value of the wrong type is one clear line on stderr; the
application starts with defaults.

| key | environment | type | default | meaning |
|---|---|---|---|---|
${rows.join('\n')}

\`DIOGENESIS_CONFIG\` names the configuration file. Every standard \`OTEL_*\` variable holds as well: Diogenesis exports
through your SDK.

One option is for code only: \`onFinding\`, a function that is [called with every finding](operations.md#in-code).

\`\`\`json
{
  "$schema": "./node_modules/diogenesis-otel/diogenesis.schema.json",
  "mode": "observe",
  "allow": [
    {
      "package": "undici",
      "trait": "net.connect:*.example.com:443",
      "reason": "our own API",
      "expires": "2027-01-31"
    }
  ]
}
\`\`\`
`;
}

function rowsOf(schema, node, prefix) {
  const rows = [];
  for (const [key, given] of Object.entries(node.properties ?? {})) {
    if (key === '$schema') continue;
    const property = resolve(schema, given);
    const name = `${prefix}${key}`;
    const required = node.required?.includes(key) ? ' (required)' : '';
    const fallback = property.default === undefined ? '' : `\`${JSON.stringify(property.default)}\``;
    const environment = ENVIRONMENT[name] === undefined ? '' : `\`${ENVIRONMENT[name]}\``;
    const meaning = `${given.description ?? property.description ?? ''}${required}`
      .replaceAll('|', '\\|')
      .replaceAll('<', '&lt;')
      .trim();
    rows.push(`| \`${name}\` | ${environment} | ${typeOf(schema, property)} | ${fallback} | ${meaning} |`);
    if (property.properties !== undefined) rows.push(...rowsOf(schema, property, `${name}.`));
    const items = property.items && resolve(schema, property.items);
    if (items?.properties !== undefined) rows.push(...rowsOf(schema, items, `${name}[].`));
  }
  return rows;
}

function typeOf(schema, property) {
  if (property.enum !== undefined) return property.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  if (property.const !== undefined) return `\`${JSON.stringify(property.const)}\``;
  const choices = property.oneOf ?? property.anyOf;
  if (choices !== undefined) return choices.map((one) => typeOf(schema, resolve(schema, one))).join(' or ');
  if (property.type === 'array')
    return `array of ${property.items ? typeOf(schema, resolve(schema, property.items)) : 'anything'}`;
  return [property.type ?? 'anything'].flat().join(' or ');
}

function resolve(schema, node) {
  if (node.allOf?.length === 1) return { ...resolve(schema, node.allOf[0]), ...node, allOf: undefined };
  if (node.$ref === undefined) return node;
  const target = node.$ref
    .replace(/^#\//, '')
    .split('/')
    .reduce((at, part) => at[part], schema);
  return { ...target, ...node, $ref: undefined };
}
