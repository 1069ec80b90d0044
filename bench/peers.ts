/** What else watches what an application does, set up as its documentation says, in versions pinned here. */
import { join } from 'node:path';
import { Installed, type Pins } from './detection/harness/cache.ts';
import { subject } from './paired.ts';

const PINS: Pins = { '@aikidosec/firewall': '1.8.36', 'dd-trace': '6.21.0', sandworm: '1.3.2' };

export interface Peer {
  readonly label: string;
  readonly preload: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Installs them, if that was not done before. */
export function peers(): Peer[] {
  const { folder } = Installed.install('peers', PINS);
  const modules = join(folder, 'node_modules');
  return [
    { label: 'OpenTelemetry http and fs', preload: ['--require', subject('peer-fs.cjs')], env: {} },
    {
      label: `Aikido Zen ${PINS['@aikidosec/firewall']}`,
      preload: ['--require', join(modules, '@aikidosec/firewall')],
      // Without it, it stays off.
      env: { AIKIDO_BLOCK: 'true' },
    },
    {
      label: `dd-trace ${PINS['dd-trace']} with AppSec`,
      preload: ['--require', join(modules, 'dd-trace/init')],
      env: {
        DD_APPSEC_ENABLED: 'true',
        DD_TRACE_STARTUP_LOGS: 'false',
        DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
        DD_TRACE_AGENT_URL: 'http://127.0.0.1:9',
      },
    },
    {
      label: `Sandworm ${PINS.sandworm}`,
      preload: ['--require', subject('peer-sandworm.cjs')],
      env: { NODE_PATH: modules },
    },
  ];
}
