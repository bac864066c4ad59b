import { isUnset, listOf } from '../absent.js';
import type { V1Service, V1ServicePort, V1ServiceSpec } from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkImmutable, checkOneOf, checkPort, checkPortNumber, checkProblems } from './checks.js';
import { duplicate, forbidden, invalid, notSupported, required } from './field-error.js';
import { checkUnicastIp, isCidr } from './ip-address.js';
import { checkLabels } from './label-selector.js';
import { dnsLabelProblems, dnsSubdomainProblems, labelKeyProblems } from './names.js';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const AFFINITY_SECONDS_MAX = 86_400;

/** core ValidateService; that an address or a node port is free is checked where they are allocated. */
export function checkService(service: V1Service, errors: Errors): void {
  const spec = service.spec ?? {};
  const ports = listOf(spec.ports);
  if (ports.length === 0 && !isHeadless(spec) && spec.type !== 'ExternalName') {
    errors.push(required('spec.ports'));
  }
  checkTypeRules(spec, errors);
  checkPorts(ports, errors);
  checkLabels(spec.selector, 'spec.selector', errors);
  checkAffinity(spec, errors);
  listOf(spec.externalIPs).forEach((ip, index) => {
    checkUnicastIp(ip, `spec.externalIPs[${String(index)}]`, errors);
  });
  checkOneOf(spec.type, TYPES, 'spec.type', errors);
  checkNodePorts(spec, errors);
  checkDuplicatePorts(ports, errors);
  checkBalancerFields(spec, errors);
  checkTrafficPolicies(spec, errors);
}

export function checkServiceUpdate(service: V1Service, old: V1Service, errors: Errors): void {
  const spec = service.spec ?? {};
  const before = old.spec ?? {};
  const hadAddress = before.type !== 'ExternalName' && !isUnset(before.clusterIP);
  if (hadAddress && spec.type !== 'ExternalName' && spec.clusterIP !== before.clusterIP) {
    const asked = spec.clusterIPs ?? [spec.clusterIP ?? ''];
    errors.push(invalid('spec.clusterIPs[0]', asked, 'may not change once set'));
  }
  if (before.type === 'LoadBalancer' && spec.type === 'LoadBalancer') {
    const field = 'spec.loadBalancerClass';
    checkImmutable(spec.loadBalancerClass, before.loadBalancerClass, field, errors);
  }
  checkService(service, errors);
}

function isHeadless(spec: V1ServiceSpec): boolean {
  return (spec.clusterIPs?.[0] ?? spec.clusterIP) === 'None';
}

function checkTypeRules(spec: V1ServiceSpec, errors: Errors): void {
  const { type = '' } = spec;
  if ((type === 'LoadBalancer' || type === 'NodePort') && isHeadless(spec)) {
    const text = `may not be set to 'None' for ${type} services`;
    errors.push(invalid('spec.clusterIPs[0]', 'None', text));
  }
  if (type !== 'ExternalName') return;
  for (const name of ['clusterIPs', 'ipFamilies'] as const) {
    if (listOf<string>(spec[name]).length === 0) continue;
    errors.push(forbidden(`spec.${name}`, 'may not be set for ExternalName services'));
  }
  if (spec.ipFamilyPolicy !== undefined) {
    errors.push(forbidden('spec.ipFamilyPolicy', 'may not be set for ExternalName services'));
  }
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  if (name === '') errors.push(required('spec.externalName'));
  else checkProblems(dnsSubdomainProblems(name), 'spec.externalName', name, errors);
}

function checkPorts(ports: readonly V1ServicePort[], errors: Errors): void {
  const names = new Set<string>();
  ports.forEach((port, index) => {
    const place = `spec.ports[${String(index)}]`;
    const { name = '', appProtocol } = port;
    if (name !== '') {
      checkProblems(dnsLabelProblems(name), `${place}.name`, name, errors);
      if (names.has(name)) errors.push(duplicate(`${place}.name`, name));
      names.add(name);
    } else if (ports.length > 1) errors.push(required(`${place}.name`));
    checkPortNumber(port.port, `${place}.port`, errors);
    checkOneOf(port.protocol, ['SCTP', 'TCP', 'UDP'], `${place}.protocol`, errors);
    checkPort(port.targetPort, `${place}.targetPort`, errors);
    if (appProtocol !== undefined) {
      checkProblems(labelKeyProblems(appProtocol), `${place}.appProtocol`, appProtocol, errors);
    }
  });
}

function checkAffinity(spec: V1ServiceSpec, errors: Errors): void {
  const { sessionAffinity, sessionAffinityConfig: config } = spec;
  checkOneOf(sessionAffinity, ['ClientIP', 'None'], 'spec.sessionAffinity', errors);
  const field = 'spec.sessionAffinityConfig';
  if (sessionAffinity === 'None' && config !== undefined) {
    errors.push(forbidden(field, 'must not be set when session affinity is None'));
  }
  if (sessionAffinity !== 'ClientIP') return;
  const seconds = config?.clientIP?.timeoutSeconds;
  if (seconds === undefined) {
    errors.push(required(field, 'when session affinity type is ClientIP'));
  } else if (seconds <= 0 || seconds > AFFINITY_SECONDS_MAX) {
    const text = `must be greater than 0 and less than ${String(AFFINITY_SECONDS_MAX)}`;
    errors.push(invalid(`${field}.clientIP.timeoutSeconds`, seconds, text));
  }
}

function checkNodePorts(spec: V1ServiceSpec, errors: Errors): void {
  const taken = new Set<string>();
  listOf(spec.ports).forEach(({ protocol = '', nodePort = 0 }, index) => {
    if (nodePort === 0) return;
    const field = `spec.ports[${String(index)}].nodePort`;
    if (spec.type === 'ClusterIP') {
      errors.push(forbidden(field, "may not be used when `type` is 'ClusterIP'"));
    }
    const key = `${protocol}/${String(nodePort)}`;
    if (taken.has(key)) errors.push(duplicate(field, nodePort));
    taken.add(key);
  });
}

function checkDuplicatePorts(ports: readonly V1ServicePort[], errors: Errors): void {
  const taken = new Set<string>();
  ports.forEach(({ protocol = '', port }, index) => {
    const key = `${protocol}/${String(port)}`;
    if (taken.has(key))
      errors.push(duplicate(`spec.ports[${String(index)}]`, shownPort(protocol, port)));
    taken.add(key);
  });
}

/** As Kubernetes' internal type prints it. */
function shownPort(protocol: string, port: number): Record<string, unknown> {
  return {
    Name: '',
    Protocol: protocol,
    AppProtocol: null,
    Port: port,
    TargetPort: 0,
    NodePort: 0,
  };
}

function checkBalancerFields(spec: V1ServiceSpec, errors: Errors): void {
  const onlyBalancers = "may only be used when `type` is 'LoadBalancer'";
  const isBalancer = spec.type === 'LoadBalancer';
  const ranges = listOf(spec.loadBalancerSourceRanges);
  const field = 'spec.LoadBalancerSourceRanges';
  if (ranges.length > 0 && !isBalancer) errors.push(forbidden(field, onlyBalancers));
  ranges.forEach((range, index) => {
    if (isCidr(range.trim())) return;
    const text = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
    errors.push(invalid(`${field}[${String(index)}]`, range.trim(), text));
  });
  if (spec.allocateLoadBalancerNodePorts !== undefined && !isBalancer) {
    errors.push(forbidden('spec.allocateLoadBalancerNodePorts', onlyBalancers));
  }
  if (spec.loadBalancerClass !== undefined && !isBalancer) {
    errors.push(forbidden('spec.loadBalancerClass', onlyBalancers));
  }
}

function checkTrafficPolicies(spec: V1ServiceSpec, errors: Errors): void {
  const policies = ['Cluster', 'Local'];
  const { externalTrafficPolicy: external = '', internalTrafficPolicy: internal } = spec;
  if (!isExternallyAccessible(spec)) {
    const text = 'may only be set for externally-accessible services';
    if (external !== '') errors.push(invalid('spec.externalTrafficPolicy', external, text));
  } else checkOneOf(external, policies, 'spec.externalTrafficPolicy', errors);
  if (internal !== undefined && !policies.includes(internal)) {
    errors.push(notSupported('spec.internalTrafficPolicy', internal, policies));
  }
  const needsHealthCheck = spec.type === 'LoadBalancer' && external === 'Local';
  const { healthCheckNodePort = 0 } = spec;
  if (!needsHealthCheck && healthCheckNodePort !== 0) {
    const text =
      "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    errors.push(invalid('spec.healthCheckNodePort', healthCheckNodePort, text));
  }
  const { trafficDistribution } = spec;
  if (trafficDistribution === undefined) return;
  const supported = ['PreferClose', 'PreferSameNode', 'PreferSameZone'];
  checkOneOf(trafficDistribution, supported, 'spec.trafficDistribution', errors);
}

function isExternallyAccessible(spec: V1ServiceSpec): boolean {
  if (spec.type === 'LoadBalancer' || spec.type === 'NodePort') return true;
  return spec.type === 'ClusterIP' && listOf(spec.externalIPs).length > 0;
}
