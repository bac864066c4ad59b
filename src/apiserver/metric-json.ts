/** The shape that prom-client's registries exchange between processes; `aggregate` makes a registry of it. */
export interface MetricJson {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly aggregator: 'sum';
  readonly values: readonly MetricValue[];
}

export interface MetricValue {
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
  /** A histogram's name with its ending. */
  readonly metricName?: string;
}
