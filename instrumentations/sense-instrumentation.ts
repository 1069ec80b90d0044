import { type MeterProvider, metrics, type TracerProvider } from '@opentelemetry/api';
import { InstrumentationBase, type InstrumentationConfig } from '@opentelemetry/instrumentation';
import { start } from '../src/activate.ts';
import { useMeterProvider, useTracerProvider } from '../src/telemetry/providers.ts';
import { VERSION } from '../src/version.ts';
import type { SwitchableSense } from './sense.ts';

/** An instrumentation used alone brings the immune system with it, but none of the other senses. */
const ALONE = { senses: { import: false, fs: false, net: false, childProcess: false } };

/**
 * The OpenTelemetry face of a sense: usable alone in any SDK. The sense itself is shared by the whole process, so two
 * instances, or an instance beside `activate()`, do not sense anything twice.
 */
export abstract class SenseInstrumentation extends InstrumentationBase {
  // `declare`: the base constructor calls enable() before a subclass field would be initialised.
  declare private switchable: SwitchableSense;

  constructor(name: string, switchable: SwitchableSense, config: InstrumentationConfig = {}) {
    super(`diogenesis-otel/${name}`, VERSION, { ...config, enabled: false });
    this.switchable = switchable;
    this._config.enabled = config.enabled ?? true;
    if (this._config.enabled) this.enable();
  }

  protected override init(): void {}

  override enable(): void {
    if (this.switchable === undefined || start(ALONE) === undefined) return;
    this.switchable.enable(this);
  }

  override disable(): void {
    this.switchable?.disable(this);
  }

  override setTracerProvider(provider: TracerProvider): void {
    super.setTracerProvider(provider);
    useTracerProvider(provider);
  }

  override setMeterProvider(provider: MeterProvider): void {
    super.setMeterProvider(provider);
    // The global one is followed instead: before the SDK has started it is a no-op.
    useMeterProvider(provider === metrics.getMeterProvider() ? undefined : provider);
  }
}
