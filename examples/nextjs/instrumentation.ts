export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const { withDiogenesis } = await import('diogenesis-otel');
  const sdk = new NodeSDK(withDiogenesis({}));
  sdk.start();
  process.once('SIGTERM', () => void sdk.shutdown());
}
