import t from 'tap';
import type {
  V1Deployment,
  V1DeploymentCondition,
  V1ReplicaSet,
  V1ReplicaSetCondition,
} from '../../../src/api/index.js';
import { deploymentStatus, type Progress } from '../../../src/controllers/deployment/status.js';

const NOW_MS = Date.parse('2026-01-01T00:10:00Z');
const NOW = '2026-01-01T00:10:00Z';
const template = (image: string): object => ({ spec: { containers: [{ name: 'c', image }] } });

function deployment(spec: object = {}, conditions: V1DeploymentCondition[] = []): V1Deployment {
  return {
    metadata: { name: 'web', generation: 3 },
    spec: { replicas: 2, selector: {}, template: template('new'), ...spec },
    status: { conditions },
  };
}

function replicaSet(image: string, conditions: V1ReplicaSetCondition[] = []): V1ReplicaSet {
  return {
    metadata: { name: `web-${image}`, creationTimestamp: NOW },
    spec: { replicas: 1, selector: {}, template: template(image) },
    status: { replicas: 1, conditions },
  };
}

function conditionOf(
  type: string,
  of: V1Deployment,
  replicaSets: V1ReplicaSet[],
  progress?: Progress,
): V1DeploymentCondition | undefined {
  const status = deploymentStatus(of, replicaSets, progress, 0, NOW_MS, NOW);
  return status.conditions?.find((condition) => condition.type === type);
}

const progressing = (reason: string, lastUpdateTime = NOW): V1DeploymentCondition => ({
  type: 'Progressing',
  status: 'True',
  reason,
  lastUpdateTime,
});

void t.test('a failure to make pods shows, of the newest replica set first', (t) => {
  const failure = (message: string): V1ReplicaSetCondition => ({
    type: 'ReplicaFailure',
    status: 'True',
    reason: 'FailedCreate',
    message,
  });
  const [theOld, theNew] = [[failure('old')], [failure('new')]];
  const shown = (...replicaSets: V1ReplicaSet[]): string | undefined =>
    conditionOf('ReplicaFailure', deployment(), replicaSets)?.message;
  t.equal(shown(replicaSet('old'), replicaSet('new')), undefined);
  t.equal(shown(replicaSet('old', theOld), replicaSet('new', theNew)), 'new');
  t.equal(shown(replicaSet('old', theOld), replicaSet('new')), 'old');
  t.equal(shown(replicaSet('old', theOld)), 'old');
  t.end();
});

void t.test('a paused rollout says so, unless it is late already', (t) => {
  const paused = (reason: string): string | undefined =>
    conditionOf('Progressing', deployment({ paused: true }, [progressing(reason)]), [])?.reason;
  t.equal(paused('ReplicaSetUpdated'), 'DeploymentPaused');
  t.equal(paused('ProgressDeadlineExceeded'), 'ProgressDeadlineExceeded');
  const resumed = deployment({}, [progressing('DeploymentPaused')]);
  t.equal(conditionOf('Progressing', resumed, [])?.reason, 'DeploymentResumed');
  t.end();
});

void t.test('a rollout without progress is late after its deadline', (t) => {
  const replicaSets = [replicaSet('old'), replicaSet('new')];
  const after = (lastUpdateTime: string): string | undefined => {
    const counts = { replicas: 2, updatedReplicas: 1 };
    const of = deployment({ progressDeadlineSeconds: 60 }, [
      progressing('ReplicaSetUpdated', lastUpdateTime),
    ]);
    return conditionOf('Progressing', { ...of, status: { ...of.status, ...counts } }, replicaSets)
      ?.reason;
  };
  t.equal(after('2026-01-01T00:09:30Z'), 'ReplicaSetUpdated');
  t.equal(after('2026-01-01T00:08:59Z'), 'ProgressDeadlineExceeded');
  t.end();
});
