import { isUnset, listOf } from '../absent.js';
import type {
  V1Container,
  V1ContainerPort,
  V1SecurityContext,
  V1VolumeMount,
} from '../generated/types.js';
import { checkContainerResources } from './container-resources.js';
import type { Errors } from './checks.js';
import { checkId, checkOneOf, checkPortNumber, checkProblems } from './checks.js';
import { checkEnv, checkEnvFrom } from './env.js';
import { duplicate, forbidden, invalid, notFound, notSupported, required } from './field-error.js';
import { dnsLabelProblems, portNameProblems } from './names.js';
import { checkLifecycle, checkLivenessProbe, checkReadinessProbe } from './probe.js';

/** What the containers of a pod are checked against. */
export interface ContainerScope {
  readonly volumeNames: ReadonlySet<string>;
  readonly gracePeriodSeconds: number | undefined;
}

/** Containers of a pod: there is one, with names that differ, and host ports that do not collide. */
export function checkContainers(
  containers: readonly V1Container[],
  scope: ContainerScope,
  field: string,
  errors: Errors,
): void {
  if (containers.length === 0) {
    errors.push(required(field));
    return;
  }
  const names = new Set<string>();
  containers.forEach((container, index) => {
    const place = `${field}[${String(index)}]`;
    checkContainer(container, scope, place, errors);
    checkUniqueName(container.name, names, place, errors);
    if (container.restartPolicy !== undefined) checkRestartPolicy(container, place, errors);
    checkLifecycle(container.lifecycle, scope.gracePeriodSeconds, `${place}.lifecycle`, errors);
    checkProbes(container, place, errors);
  });
  checkHostPorts(containers, field, errors);
}

/** Init containers: names differ from those of the containers too; only those that keep running have probes. */
export function checkInitContainers(
  initContainers: readonly V1Container[],
  containers: readonly V1Container[],
  scope: ContainerScope,
  field: string,
  errors: Errors,
): void {
  const names = new Set(containers.map((each) => each.name));
  initContainers.forEach((container, index) => {
    const place = `${field}[${String(index)}]`;
    checkContainer(container, scope, place, errors);
    checkUniqueName(container.name, names, place, errors);
    const { restartPolicy } = container;
    if (restartPolicy !== undefined && restartPolicy !== 'Always') {
      errors.push(notSupported(`${place}.restartPolicy`, restartPolicy, ['Always']));
    }
    if (restartPolicy === 'Always') {
      checkLifecycle(container.lifecycle, scope.gracePeriodSeconds, `${place}.lifecycle`, errors);
      checkProbes(container, place, errors);
    } else checkNoProbes(container, place, errors);
  });
}

function checkNoProbes(container: V1Container, place: string, errors: Errors): void {
  const text = 'may not be set for init containers without restartPolicy=Always';
  for (const name of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    if (container[name] !== undefined) errors.push(forbidden(`${place}.${name}`, text));
  }
}

function checkRestartPolicy(container: V1Container, place: string, errors: Errors): void {
  const policies = ['Always', 'OnFailure', 'Never'];
  checkOneOf(container.restartPolicy, policies, `${place}.restartPolicy`, errors);
}

function checkProbes(container: V1Container, place: string, errors: Errors): void {
  checkLivenessProbe(container.livenessProbe, `${place}.livenessProbe`, errors);
  checkReadinessProbe(container.readinessProbe, `${place}.readinessProbe`, errors);
  checkLivenessProbe(container.startupProbe, `${place}.startupProbe`, errors);
}

function checkUniqueName(name: string, names: Set<string>, place: string, errors: Errors): void {
  if (isUnset(name)) return;
  if (names.has(name)) errors.push(duplicate(`${place}.name`, name));
  names.add(name);
}

function checkContainer(
  container: V1Container,
  scope: ContainerScope,
  place: string,
  errors: Errors,
): void {
  const { name, image = '' } = container;
  if (isUnset(name)) errors.push(required(`${place}.name`));
  else checkProblems(dnsLabelProblems(name), `${place}.name`, name, errors);
  if (image === '') errors.push(required(`${place}.image`));
  else if (image.trim() !== image) {
    errors.push(invalid(`${place}.image`, image, 'must not have leading or trailing whitespace'));
  }
  const messagePolicies = ['File', 'FallbackToLogsOnError'];
  checkOneOf(
    container.terminationMessagePolicy,
    messagePolicies,
    `${place}.terminationMessagePolicy`,
    errors,
  );
  checkPorts(listOf(container.ports), `${place}.ports`, errors);
  checkEnv(container.env, `${place}.env`, errors);
  checkEnvFrom(container.envFrom, `${place}.envFrom`, errors);
  checkMounts(listOf(container.volumeMounts), scope.volumeNames, `${place}.volumeMounts`, errors);
  const pullPolicies = ['Always', 'IfNotPresent', 'Never'];
  checkOneOf(container.imagePullPolicy, pullPolicies, `${place}.imagePullPolicy`, errors);
  checkContainerResources(container.resources, `${place}.resources`, errors);
  checkSecurityContext(container.securityContext, `${place}.securityContext`, errors);
}

function checkPorts(ports: readonly V1ContainerPort[], field: string, errors: Errors): void {
  const names = new Set<string>();
  ports.forEach((port, index) => {
    const place = `${field}[${String(index)}]`;
    const { name = '', containerPort, hostPort = 0, protocol } = port;
    if (name !== '') {
      const problems = portNameProblems(name);
      checkProblems(problems, `${place}.name`, name, errors);
      if (problems.length === 0 && names.has(name)) errors.push(duplicate(`${place}.name`, name));
      names.add(name);
    }
    if (!containerPort) errors.push(required(`${place}.containerPort`));
    else checkPortNumber(containerPort, `${place}.containerPort`, errors);
    if (hostPort !== 0) checkPortNumber(hostPort, `${place}.hostPort`, errors);
    checkOneOf(protocol, ['SCTP', 'TCP', 'UDP'], `${place}.protocol`, errors);
  });
}

function checkHostPorts(containers: readonly V1Container[], field: string, errors: Errors): void {
  const taken = new Set<string>();
  containers.forEach((container, at) => {
    listOf(container.ports).forEach(({ protocol = '', hostIP = '', hostPort = 0 }, index) => {
      if (hostPort === 0) return;
      const key = `${protocol}/${hostIP}/${String(hostPort)}`;
      const place = `${field}[${String(at)}].ports[${String(index)}].hostPort`;
      if (taken.has(key)) errors.push(duplicate(place, key));
      taken.add(key);
    });
  });
}

function checkMounts(
  mounts: readonly V1VolumeMount[],
  volumeNames: ReadonlySet<string>,
  field: string,
  errors: Errors,
): void {
  const paths = new Set<string>();
  mounts.forEach((mount, index) => {
    const place = `${field}[${String(index)}]`;
    const { name, mountPath, subPath = '', subPathExpr = '' } = mount;
    if (isUnset(name)) errors.push(required(`${place}.name`));
    else if (!volumeNames.has(name)) errors.push(notFound(`${place}.name`, name));
    if (isUnset(mountPath)) errors.push(required(`${place}.mountPath`));
    if (paths.has(mountPath))
      errors.push(invalid(`${place}.mountPath`, mountPath, 'must be unique'));
    paths.add(mountPath);
    checkRelativePath(subPath, `${place}.subPath`, errors);
    if (subPathExpr === '') return;
    if (subPath !== '') {
      const text = 'subPathExpr and subPath are mutually exclusive';
      errors.push(invalid(`${place}.subPathExpr`, subPathExpr, text));
    }
    checkRelativePath(subPathExpr, `${place}.subPathExpr`, errors);
  });
}

/** A path within a volume, which must not lead out of it. */
export function checkRelativePath(path: string, field: string, errors: Errors): void {
  if (path.startsWith('/')) errors.push(invalid(field, path, 'must be a relative path'));
  if (path.split('/').includes('..')) errors.push(invalid(field, path, "must not contain '..'"));
}

function checkSecurityContext(
  context: V1SecurityContext | undefined,
  field: string,
  errors: Errors,
): void {
  if (context === undefined) return;
  checkId(context.runAsUser, `${field}.runAsUser`, errors);
  checkId(context.runAsGroup, `${field}.runAsGroup`, errors);
  if (context.allowPrivilegeEscalation !== false) return;
  if (context.privileged === true) {
    const text = 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true';
    errors.push(invalid(field, context, text));
  }
  if (context.capabilities?.add?.includes('CAP_SYS_ADMIN') === true) {
    const text =
      'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN';
    errors.push(invalid(field, context, text));
  }
}
