export default {
  serverExternalPackages: ['labels', 'diogenesis-otel', '@opentelemetry/sdk-node'],
  typescript: { ignoreBuildErrors: true },
};
