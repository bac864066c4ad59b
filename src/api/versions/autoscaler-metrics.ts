/** Plain JSON of one metric, in either version. */
export type Json = Readonly<Record<string, unknown>>;

/** What is left when fields that are absent are left out. */
export function present(fields: Json): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** The part of a metric that its type names, under the key that both versions have for it. */
const PARTS: Readonly<Record<string, string>> = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
};

/** One metric of v2 in v1's form, which is only ever written into an annotation. */
export function metricToV1(metric: Json): Json {
  return inPart(metric, (key, part) => {
    const target = asJson(part['target']);
    return toV1(key, part, {
      value: target['value'],
      averageValue: target['averageValue'],
      averageUtilization: target['averageUtilization'],
      prefix: 'target',
    });
  });
}

export function metricStatusToV1(metric: Json): Json {
  return inPart(metric, (key, part) => {
    const current = asJson(part['current']);
    return toV1(key, part, {
      value: current['value'],
      averageValue: current['averageValue'],
      averageUtilization: current['averageUtilization'],
      prefix: 'current',
    });
  });
}

export function metricFromV1(metric: Json): Json {
  return inPart(metric, (key, part) => {
    const measured = fromV1(key, part, 'target');
    const type =
      measured['averageUtilization'] !== undefined
        ? 'Utilization'
        : measured['averageValue'] !== undefined && measured['value'] === undefined
          ? 'AverageValue'
          : 'Value';
    return { ...identityFromV1(key, part), target: { type, ...measured } };
  });
}

export function metricStatusFromV1(metric: Json): Json {
  return inPart(metric, (key, part) => ({
    ...identityFromV1(key, part),
    current: fromV1(key, part, 'current'),
  }));
}

function inPart(metric: Json, convert: (key: string, part: Json) => Json): Json {
  const key = PARTS[String(metric['type'])];
  const part = key === undefined ? undefined : metric[key];
  if (key === undefined || typeof part !== 'object' || part === null) return metric;
  return { ...metric, [key]: convert(key, part as Json) };
}

interface Measured {
  readonly value: unknown;
  readonly averageValue: unknown;
  readonly averageUtilization: unknown;
  readonly prefix: 'target' | 'current';
}

/** `targetAverageValue`, but an object's is `averageValue`. */
function averageValueName(key: string, prefix: string): string {
  return key === 'object' ? 'averageValue' : `${prefix}AverageValue`;
}

function toV1(key: string, part: Json, measured: Measured): Json {
  const { value, averageValue, averageUtilization, prefix } = measured;
  const metric = asJson(part['metric']);
  return present({
    name: part['name'],
    container: part['container'],
    target: part['describedObject'],
    metricName: metric['name'],
    [key === 'external' ? 'metricSelector' : 'selector']: metric['selector'],
    [`${prefix}Value`]: value,
    [averageValueName(key, prefix)]: averageValue,
    [`${prefix}AverageUtilization`]: averageUtilization,
  });
}

function fromV1(key: string, part: Json, prefix: 'target' | 'current'): Json {
  return present({
    value: part[`${prefix}Value`],
    averageValue: part[averageValueName(key, prefix)],
    averageUtilization: part[`${prefix}AverageUtilization`],
  });
}

function identityFromV1(key: string, part: Json): Json {
  if (key === 'resource' || key === 'containerResource')
    return present({ name: part['name'], container: part['container'] });
  const selector = part[key === 'external' ? 'metricSelector' : 'selector'];
  return present({
    describedObject: part['target'],
    metric: present({ name: part['metricName'], selector }),
  });
}

function asJson(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
