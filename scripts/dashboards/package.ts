import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import * as table from '@grafana/grafana-foundation-sdk/table';
import {
  curves,
  findings,
  labelVariable,
  NONE,
  newDashboard,
  number,
  promql,
  ranking,
  TRACES,
  traceql,
  WELL,
} from './parts.ts';

const P = 'diogenesis_package_name="$package"';

/** One package, in whatever services it is. */
export function packagePage(): DashboardBuilder {
  return newDashboard(
    'diogenesis-package',
    'Diogenesis: one package',
    'What one package did, wherever it is installed.',
  )
    .withVariable(
      labelVariable('package', 'diogenesis_package_name', 'diogenesis_findings_total', false).label('Package'),
    )
    .withPanel(number('Voltage, lowest', `min(diogenesis_voltage_ratio{${P}}) or vector(1)`, WELL, 'percentunit'))
    .withPanel(number('Findings', `sum(max_over_time(diogenesis_findings_total{${P}}[$__range])) or vector(0)`, NONE))
    .withPanel(
      number('Services with findings', `count(count by (job) (diogenesis_findings_total{${P}})) or vector(0)`, NONE),
    )
    .withPanel(
      number(
        'Versions below 1',
        `count(count by (diogenesis_package_version) (diogenesis_voltage_ratio{${P}})) or vector(0)`,
        [[null, 'blue']],
      ),
    )
    .withPanel(
      curves(
        'Voltage by version and service',
        'percentunit',
        promql(
          `min by (job, diogenesis_package_version) (diogenesis_voltage_ratio{${P}})`,
          '{{diogenesis_package_version}} in {{job}}',
        ),
      ).max(1),
    )
    .withPanel(
      ranking(
        'Findings by service, pattern and level',
        `sort_desc(sum by (job, diogenesis_finding_pattern, diogenesis_finding_level) (max_over_time(diogenesis_findings_total{${P}}[$__range])))`,
      ),
    )
    .withPanel(findings('Its findings', '{service_name=~".+"} | diogenesis_package_name = "$package"'))
    .withPanel(
      new table.PanelBuilder()
        .title('Traces with its findings')
        .datasource(TRACES)
        .withTarget(traceql('{ event:name = "diogenesis.finding" && event.diogenesis.package.name = "$package" }'))
        .height(8)
        .span(24),
    );
}
