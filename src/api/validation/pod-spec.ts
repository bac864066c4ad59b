import { isUnset, listOf } from '../absent.js';
import type { V1PodSecurityContext, V1PodSpec } from '../generated/types.js';
import type { Errors } from './checks.js';
import { INT32_MAX, checkId, checkNonNegative, checkOneOf, checkProblems } from './checks.js';
import { checkResourceList } from './container-resources.js';
import { checkContainers, checkInitContainers } from './container.js';
import { duplicate, forbidden, invalid, notFound, required } from './field-error.js';
import { checkIp } from './ip-address.js';
import { checkLabels } from './label-selector.js';
import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  labelKeyProblems,
  rangeProblems,
} from './names.js';
import { checkAffinity, checkSpread, checkTolerations } from './scheduling.js';
import { checkVolumes } from './volume.js';

const DNS_POLICIES = ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'];
const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];

/** The spec of a pod, or of a template at `field` (`spec.template.spec`). */
export function checkPodSpec(spec: V1PodSpec | undefined, field: string, errors: Errors): void {
  const found: Errors = [];
  checkSpec(spec ?? { containers: [] }, found);
  for (const error of found) {
    errors.push(
      field === 'spec' ? error : { ...error, field: field + error.field.slice('spec'.length) },
    );
  }
}

function checkSpec(spec: V1PodSpec, errors: Errors): void {
  const volumeNames = checkVolumes(listOf(spec.volumes), errors);
  const gracePeriodSeconds = spec.terminationGracePeriodSeconds;
  const scope = { volumeNames, gracePeriodSeconds };
  const containers = listOf(spec.containers);
  checkContainers(containers, scope, 'spec.containers', errors);
  const initContainers = listOf(spec.initContainers);
  checkInitContainers(initContainers, containers, scope, 'spec.initContainers', errors);
  checkEphemeral(spec, errors);
  checkOneOf(spec.restartPolicy, RESTART_POLICIES, 'spec.restartPolicy', errors);
  checkOneOf(spec.dnsPolicy, DNS_POLICIES, 'spec.dnsPolicy', errors);
  checkDns(spec, errors);
  checkLabels(spec.nodeSelector, 'spec.nodeSelector', errors);
  checkSecurityContext(spec.securityContext, 'spec.securityContext', errors);
  checkNames(spec, errors);
  checkAffinity(spec.affinity, 'spec.affinity', errors);
  checkTolerations(listOf(spec.tolerations), 'spec.tolerations', errors);
  checkSpread(listOf(spec.topologySpreadConstraints), 'spec.topologySpreadConstraints', errors);
  checkResourceList(spec.overhead, 'spec.overhead', errors);
  checkGates(spec, errors);
  checkHostAliases(spec, errors);
  checkHostNetworkPorts(spec, errors);
  checkNonNegative(gracePeriodSeconds, 'spec.terminationGracePeriodSeconds', errors);
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined) {
    const problems = rangeProblems(deadline, 1, INT32_MAX);
    checkProblems(problems, 'spec.activeDeadlineSeconds', deadline, errors);
  }
}

function checkNames(spec: V1PodSpec, errors: Errors): void {
  const subdomains = [
    'serviceAccountName',
    'nodeName',
    'priorityClassName',
    'runtimeClassName',
  ] as const;
  for (const name of subdomains) {
    const value = spec[name] ?? '';
    if (value !== '') checkProblems(dnsSubdomainProblems(value), `spec.${name}`, value, errors);
  }
  for (const name of ['hostname', 'subdomain'] as const) {
    const value = spec[name] ?? '';
    if (value !== '') checkProblems(dnsLabelProblems(value), `spec.${name}`, value, errors);
  }
}

function checkSecurityContext(
  context: V1PodSecurityContext | undefined,
  field: string,
  errors: Errors,
): void {
  if (context === undefined) return;
  checkId(context.runAsUser, `${field}.runAsUser`, errors);
  checkId(context.runAsGroup, `${field}.runAsGroup`, errors);
  checkId(context.fsGroup, `${field}.fsGroup`, errors);
  listOf(context.supplementalGroups).forEach((group, index) => {
    checkId(group, `${field}.supplementalGroups[${String(index)}]`, errors);
  });
  const names = new Set<string>();
  listOf(context.sysctls).forEach(({ name }, index) => {
    const place = `${field}.sysctls[${String(index)}].name`;
    if (isUnset(name)) errors.push(required(place));
    else if (name.length > SYSCTL_CHARACTERS_MAX || !SYSCTL.test(name))
      errors.push(invalid(place, name, SYSCTL_ERROR));
    else if (names.has(name)) errors.push(duplicate(place, name));
    names.add(name);
  });
}

const SYSCTL_CHARACTERS_MAX = 253;
const SYSCTL_SEGMENT = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SYSCTL_TEXT = `^(${SYSCTL_SEGMENT}[\\./])*${SYSCTL_SEGMENT}$`;
const SYSCTL = new RegExp(SYSCTL_TEXT);
const SYSCTL_ERROR = `must have at most ${String(SYSCTL_CHARACTERS_MAX)} characters and match regex ${SYSCTL_TEXT}`;

function checkEphemeral(spec: V1PodSpec, errors: Errors): void {
  const others = [...listOf(spec.containers), ...listOf(spec.initContainers)].map(
    (each) => each.name,
  );
  const names = new Set(others);
  listOf(spec.ephemeralContainers).forEach((container, index) => {
    const place = `spec.ephemeralContainers[${String(index)}]`;
    const { name, targetContainerName: target = '' } = container;
    if (isUnset(name)) errors.push(required(`${place}.name`));
    else checkProblems(dnsLabelProblems(name), `${place}.name`, name, errors);
    if (names.has(name)) errors.push(duplicate(`${place}.name`, name));
    names.add(name);
    if (isUnset(container.image)) errors.push(required(`${place}.image`));
    if (target !== '' && !others.includes(target)) {
      errors.push(notFound(`${place}.targetContainerName`, target));
    }
    for (const name of FORBIDDEN_IN_EPHEMERAL) {
      if (container[name] === undefined) continue;
      errors.push(forbidden(`${place}.${name}`, 'cannot be set for an Ephemeral Container'));
    }
  });
}

const FORBIDDEN_IN_EPHEMERAL = [
  'ports',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const;

const NAME_SERVERS_MAX = 3;
const SEARCHES_MAX = 32;

function checkDns(spec: V1PodSpec, errors: Errors): void {
  const config = spec.dnsConfig;
  const servers = listOf(config?.nameservers);
  if (spec.dnsPolicy === 'None' && servers.length === 0) {
    const text = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
    errors.push(
      required(config === undefined ? 'spec.dnsConfig' : 'spec.dnsConfig.nameservers', text),
    );
  }
  if (servers.length > NAME_SERVERS_MAX) {
    const text = `must not have more than ${String(NAME_SERVERS_MAX)} nameservers`;
    errors.push(invalid('spec.dnsConfig.nameservers', servers, text));
  }
  servers.forEach((server, index) => {
    checkIp(server, `spec.dnsConfig.nameservers[${String(index)}]`, errors);
  });
  const searches = listOf(config?.searches);
  if (searches.length > SEARCHES_MAX) {
    const text = `must not have more than ${String(SEARCHES_MAX)} search paths`;
    errors.push(invalid('spec.dnsConfig.searches', searches, text));
  }
  listOf(config?.options).forEach((option, index) => {
    const place = `spec.dnsConfig.options[${String(index)}]`;
    if (isUnset(option.name)) errors.push(required(place, 'must not be empty'));
  });
}

function checkGates(spec: V1PodSpec, errors: Errors): void {
  listOf(spec.readinessGates).forEach(({ conditionType }, index) => {
    const field = `spec.readinessGates[${String(index)}].conditionType`;
    checkProblems(labelKeyProblems(conditionType), field, conditionType, errors);
  });
  const names = new Set<string>();
  listOf(spec.schedulingGates).forEach(({ name }, index) => {
    const field = `spec.schedulingGates[${String(index)}]`;
    if (isUnset(name)) errors.push(required(field, 'must not be empty'));
    else checkProblems(labelKeyProblems(name), field, name, errors);
    if (names.has(name)) errors.push(duplicate(field, name));
    names.add(name);
  });
}

function checkHostAliases(spec: V1PodSpec, errors: Errors): void {
  listOf(spec.hostAliases).forEach((alias, index) => {
    const place = `spec.hostAliases[${String(index)}]`;
    checkIp(alias.ip, `${place}.ip`, errors);
    for (const hostname of listOf(alias.hostnames)) {
      checkProblems(dnsSubdomainProblems(hostname), `${place}.hostnames`, hostname, errors);
    }
  });
}

/** On the host's network a port cannot be mapped to another. */
function checkHostNetworkPorts(spec: V1PodSpec, errors: Errors): void {
  if (spec.hostNetwork !== true) return;
  listOf(spec.containers).forEach((container, at) => {
    listOf(container.ports).forEach(({ containerPort, hostPort = 0 }, index) => {
      if (hostPort === containerPort) return;
      const place = `spec.containers[${String(at)}].ports[${String(index)}].hostPort`;
      errors.push(
        invalid(place, hostPort, 'must match `containerPort` when `hostNetwork` is true'),
      );
    });
  });
}
