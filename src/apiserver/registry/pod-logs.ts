import { badRequest, invalid } from '../../api/index.js';
import type { FieldError } from '../../api/index.js';
import { ok } from '../../base/index.js';
import type { LogsRequest } from '../../protocol/index.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { isTrue } from '../request-info.js';
import type { Query } from '../request-info.js';
import { getObject } from './get.js';
import { chooseContainer } from './pod-container.js';
import type { PodWithContainers } from './pod-container.js';
import type { RegistryPorts } from './ports.js';
import type { RegistryReply, ResourceRequest } from './resource-request.js';

/** GET of `/log`: finds the node and the container; the bytes come from the kubelet by another way. */
export async function logsFromRequest(
  ports: RegistryPorts,
  request: ResourceRequest,
): Promise<Outcome<RegistryReply>> {
  const { query, target } = request;
  const options = readLogOptions(query);
  if (!options.ok) return options;
  // resourceVersion is no option of logs.
  const found = await getObject(ports, { ...request, query: {} });
  if (!found.ok) return found;
  const pod: PodWithContainers = found.value;
  const container = chooseContainer(pod, query['container'] ?? '');
  if (!container.ok) return container;
  const node = pod.spec?.nodeName ?? '';
  if (node === '') return refuse(badRequest(`pod ${target.name} does not have a host assigned`));
  return ok({
    type: 'logs',
    actor: `kubelet-${node}`,
    request: {
      namespace: target.namespace,
      pod: target.name,
      container: container.value,
      ...options.value,
    },
  });
}

type LogOptions = Omit<LogsRequest, 'namespace' | 'pod' | 'container'>;

function readLogOptions(query: Query): Outcome<LogOptions> {
  const errors: FieldError[] = [];
  const whole = (field: string, min: number): number | undefined => {
    const text = query[field];
    if (text === undefined) return undefined;
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= min) return value;
    const detail = min === 0 ? 'must be greater than or equal to 0' : 'must be greater than 0';
    errors.push({
      type: 'FieldValueInvalid',
      field,
      badValue: Number.isNaN(value) ? text : value,
      detail,
    });
    return undefined;
  };
  const [tailLines, limitBytes, sinceSeconds] = [
    whole('tailLines', 0),
    whole('limitBytes', 1),
    whole('sinceSeconds', 1),
  ];
  if (sinceSeconds !== undefined && query['sinceTime'] !== undefined) {
    errors.push({
      type: 'FieldValueForbidden',
      field: '',
      detail: 'at most one of `sinceTime` or `sinceSeconds` may be specified',
    });
  }
  if (errors.length > 0) return refuse(invalid({ group: '', kind: 'PodLogOptions' }, '', errors));
  return ok({
    follow: isTrue(query['follow']),
    previous: isTrue(query['previous']),
    timestamps: isTrue(query['timestamps']),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    ...(query['sinceTime'] === undefined ? {} : { sinceTime: query['sinceTime'] }),
  });
}
