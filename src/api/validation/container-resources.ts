import { entriesOf } from '../absent.js';
import type { V1ResourceRequirements } from '../generated/types.js';
import type { Quantity } from '../quantity.js';
import { compareQuantities, formatQuantity, parseQuantity } from '../quantity.js';
import type { Errors } from './checks.js';
import { checkProblems } from './checks.js';
import { forbidden, invalid } from './field-error.js';
import { labelKeyProblems } from './names.js';

const CONTAINER_RESOURCES: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);
const STANDARD_RESOURCES: ReadonlySet<string> = new Set([
  ...CONTAINER_RESOURCES,
  'storage',
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
]);
const HUGE_PAGES = 'hugepages-';

/** Requests and limits of a container: names, amounts, and no request above its limit. */
export function checkContainerResources(
  resources: V1ResourceRequirements | undefined,
  field: string,
  errors: Errors,
): void {
  if (resources === undefined) return;
  const { limits = {}, requests = {} } = resources;
  for (const name of Object.keys(limits)) {
    checkResource(name, limits[name], `${field}.limits[${name}]`, errors);
  }
  for (const name of Object.keys(requests)) {
    checkResource(name, requests[name], `${field}.requests[${name}]`, errors);
    checkRequest(name, requests[name], limits[name], field, errors);
  }
  checkHugePages({ ...limits, ...requests }, field, errors);
}

function checkResource(
  name: string,
  text: string | undefined,
  field: string,
  errors: Errors,
): Quantity | undefined {
  checkProblems(labelKeyProblems(name), field, name, errors);
  if (!name.includes('/') && !name.startsWith(HUGE_PAGES)) {
    if (!STANDARD_RESOURCES.has(name)) {
      errors.push(invalid(field, name, 'must be a standard resource type or fully qualified'));
    }
    if (!CONTAINER_RESOURCES.has(name)) {
      errors.push(invalid(field, name, 'must be a standard resource for containers'));
    }
  }
  return checkAmount(name, text, field, errors);
}

/** A quantity, not negative; whole where the resource is counted in pieces. */
export function checkAmount(
  name: string,
  text: string | undefined,
  field: string,
  errors: Errors,
): Quantity | undefined {
  const amount = parseQuantity(text ?? '');
  if (!amount.ok) {
    errors.push(invalid(field, text, amount.error));
    return undefined;
  }
  if (amount.value.unscaled < 0n) {
    const text = 'must be greater than or equal to 0';
    errors.push(invalid(field, formatQuantity(amount.value), text));
  }
  if (isCounted(name) && formatQuantity(amount.value).endsWith('m')) {
    errors.push(invalid(field, formatQuantity(amount.value), 'must be an integer'));
  }
  return amount.value;
}

/** Extended resources of vendors (`example.com/gpu`) and huge pages come in whole pieces and are not overcommitted. */
function isCounted(name: string): boolean {
  if (name.startsWith(HUGE_PAGES)) return true;
  return name.includes('/') && !name.split('/', 1)[0]?.endsWith('kubernetes.io');
}

function checkRequest(
  name: string,
  request: string | undefined,
  limit: string | undefined,
  field: string,
  errors: Errors,
): void {
  const wanted = parseQuantity(request ?? '');
  if (!wanted.ok) return;
  if (limit === undefined) {
    if (!isCounted(name)) return;
    errors.push({
      type: 'FieldValueRequired',
      field: `${field}.limits`,
      detail: 'Limit must be set for non overcommitable resources',
    });
    return;
  }
  const limited = parseQuantity(limit);
  if (!limited.ok) return;
  const order = compareQuantities(wanted.value, limited.value);
  const fits = isCounted(name) ? order === 0 : order <= 0;
  if (fits) return;
  const relation = isCounted(name) ? 'equal to' : 'less than or equal to';
  const text = `must be ${relation} ${name} limit of ${formatQuantity(limited.value)}`;
  errors.push(invalid(`${field}.requests`, formatQuantity(wanted.value), text));
}

function checkHugePages(all: Record<string, string>, field: string, errors: Errors): void {
  const names = Object.keys(all);
  if (!names.some((name) => name.startsWith(HUGE_PAGES))) return;
  if (names.includes('cpu') || names.includes('memory')) return;
  errors.push(forbidden(field, 'HugePages require cpu or memory'));
}

/** A plain list of amounts: a node's capacity, an overhead. */
export function checkResourceList(
  list: Readonly<Record<string, string>> | undefined,
  field: string,
  errors: Errors,
): void {
  for (const [name, text] of entriesOf(list)) {
    checkAmount(name, text, `${field}[${name}]`, errors);
  }
}
