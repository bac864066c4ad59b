import { isUnset, listOf, maybe } from '../absent.js';
import type {
  V1HTTPIngressPath,
  V1Ingress,
  V1IngressBackend,
  V1IngressClass,
  V1IngressRule,
} from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkImmutable, checkPortNumber, checkProblems } from './checks.js';
import { invalid, notSupported, required, tooLong } from './field-error.js';
import { isIp } from './ip-address.js';
import {
  dns1035LabelProblems,
  dnsSubdomainProblems,
  labelKeyProblems,
  portNameProblems,
  wildcardSubdomainProblems,
} from './names.js';

const CONTROLLER_BYTES_MAX = 250;

/** networking ValidateIngress. */
export function checkIngress(ingress: V1Ingress, errors: Errors): void {
  const { spec } = ingress;
  const rules = listOf(spec?.rules);
  if (rules.length === 0 && spec?.defaultBackend === undefined) {
    const text = 'either `defaultBackend` or `rules` must be specified';
    errors.push(invalid('spec', [], text));
  }
  rules.forEach((rule, index) => {
    checkRule(rule, `spec.rules[${String(index)}]`, errors);
  });
  if (spec?.defaultBackend !== undefined)
    checkBackend(spec.defaultBackend, 'spec.defaultBackend', errors);
  listOf(spec?.tls).forEach(({ hosts }, index) => {
    listOf(hosts).forEach((host, place) => {
      const field = `spec.tls[${String(index)}].hosts[${String(place)}]`;
      checkHost(host, field, errors);
    });
  });
  const className = spec?.ingressClassName;
  if (className !== undefined)
    checkProblems(dnsSubdomainProblems(className), 'spec.ingressClassName', className, errors);
}

function checkHost(host: string, field: string, errors: Errors): void {
  const problems = host.includes('*')
    ? wildcardSubdomainProblems(host)
    : dnsSubdomainProblems(host);
  checkProblems(problems, field, host, errors);
}

function checkRule({ host = '', http }: V1IngressRule, field: string, errors: Errors): void {
  if (host !== '') {
    if (isIp(host))
      errors.push(invalid(`${field}.host`, host, 'must be a DNS name, not an IP address'));
    else checkHost(host, `${field}.host`, errors);
  }
  if (http === undefined) return;
  const paths = listOf(http.paths);
  if (paths.length === 0) errors.push(required(`${field}.http.paths`));
  paths.forEach((path, index) => {
    checkPath(path, `${field}.http.paths[${String(index)}]`, errors);
  });
}

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const NOT_IN_PATHS = ['//', '/./', '/../', '%2f', '%2F'];
const NOT_AT_ENDS = ['/..', '/.'];

function checkPath(
  { path = '', pathType, backend }: V1HTTPIngressPath,
  field: string,
  errors: Errors,
): void {
  if (isUnset(pathType)) {
    errors.push(required(`${field}.pathType`, 'pathType must be specified'));
    return;
  }
  const refuse = (text: string): void => {
    errors.push(invalid(`${field}.path`, path, text));
  };
  if (!PATH_TYPES.includes(pathType))
    errors.push(notSupported(`${field}.pathType`, pathType, PATH_TYPES));
  else if (pathType !== 'ImplementationSpecific') {
    if (!path.startsWith('/')) refuse('must be an absolute path');
    if (path !== '') {
      for (const part of NOT_IN_PATHS.filter((each) => path.includes(each)))
        refuse(`must not contain '${part}'`);
      for (const end of NOT_AT_ENDS.filter((each) => path.endsWith(each)))
        refuse(`cannot end with '${end}'`);
    }
  } else if (path !== '' && !path.startsWith('/')) refuse('must be an absolute path');
  checkBackend(maybe(backend) ?? {}, `${field}.backend`, errors);
}

function checkBackend(backend: V1IngressBackend, field: string, errors: Errors): void {
  const { service, resource } = backend;
  if (service !== undefined && resource !== undefined) {
    errors.push(invalid(field, '', 'cannot set both resource and service backends'));
    return;
  }
  if (resource !== undefined) {
    if (isUnset(resource.kind)) errors.push(required(`${field}.resource.kind`));
    if (isUnset(resource.name)) errors.push(required(`${field}.resource.name`));
    return;
  }
  const name = maybe(service?.name);
  if (isUnset(name)) errors.push(required(`${field}.service.name`));
  else checkProblems(dns1035LabelProblems(name), `${field}.service.name`, name, errors);
  const { name: portName = '', number = 0 } = service?.port ?? {};
  const place = `${field}.service.port`;
  if (portName !== '' && number !== 0)
    errors.push(invalid(place, service?.port, 'cannot set both port name & port number'));
  else if (portName !== '')
    checkProblems(portNameProblems(portName), `${place}.name`, portName, errors);
  else if (number !== 0) checkPortNumber(number, `${place}.number`, errors);
  else errors.push(required(place, 'port name or number is required'));
}

/** networking ValidateIngressClass. */
export function checkIngressClass(ingressClass: V1IngressClass, errors: Errors): void {
  const { controller = '', parameters } = ingressClass.spec ?? {};
  const field = 'spec.controller';
  if (controller.length > CONTROLLER_BYTES_MAX) errors.push(tooLong(field, CONTROLLER_BYTES_MAX));
  if (controller === '') errors.push(required(field));
  else if (!controller.includes('/')) {
    const text = 'must be a domain-prefixed path (such as "acme.io/foo")';
    errors.push(invalid(field, controller, text));
  } else checkProblems(labelKeyProblems(controller), field, controller, errors);
  if (parameters === undefined) return;
  const place = 'spec.parameters';
  if (isUnset(parameters.kind)) errors.push(required(`${place}.kind`, 'kind is required'));
  if (isUnset(parameters.name)) errors.push(required(`${place}.name`, 'name is required'));
  const scopes = ['Cluster', 'Namespace'];
  if (isUnset(parameters.scope)) errors.push(required(`${place}.scope`));
  else if (!scopes.includes(parameters.scope ?? ''))
    errors.push(notSupported(`${place}.scope`, parameters.scope, scopes));
  if (parameters.scope === 'Namespace' && isUnset(parameters.namespace))
    errors.push(required(`${place}.namespace`, "`parameters.scope` is set to 'Namespace'"));
}

export function checkIngressClassUpdate(
  ingressClass: V1IngressClass,
  old: V1IngressClass,
  errors: Errors,
): void {
  checkIngressClass(ingressClass, errors);
  checkImmutable(ingressClass.spec?.controller, old.spec?.controller, 'spec.controller', errors);
}
