/** Declarations rolled up into one file. Lies here because it needs the JavaScript API of TypeScript, as the type tests do. */
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';

export async function rollUpTypes({ input, dir, external, tsconfig }) {
  const declarations = await rolldown({
    input,
    external,
    plugins: [dts({ dtsInput: true, tsconfig, sourcemap: false })],
  });
  await declarations.write({ dir, format: 'es' });
  await declarations.close();
}
