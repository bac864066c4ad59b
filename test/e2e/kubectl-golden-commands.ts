import type { ConformanceName } from '../apiserver/conformance/registry.js';

/** Of `jane`, made with openssl; nobody has its key. */
const REQUEST =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIS01IRUNBUUF3RHpFTk1Bc0dBMVVFQXd3RWFtRnVaVEJaTUJNR0J5cUdTTTQ5QWdFR0NDcUdTTTQ5QXdFSApBMElBQk9mNnJnMi9SZm5VS3c4dXhZRzlMTXhDc2tsMnlNUHQ5MDVqRzBsL3hBdFNDc2NHTGY4UFV6NUdhSWZlCmFqd3FIeHRZZHd1OTh0QWhDZURqd0JHTHJpcWdBREFLQmdncWhrak9QUVFEQWdOSkFEQkdBaUVBellvaGhkNTIKNVFzSUVuTjB1SiszYWJTd0VzSnZXZ0FpeHhxSEVNYUJGUFlDSVFEaVVhd1JjNVk4V0ZXMmdQblFoU3k0TnlBMApCSk9oUDRzUERId0ZLLzlxRFE9PQotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K';

/** Files that the commands name; NS is the version's namespace, NODE its node. */
export const GOLDEN_FILES: Readonly<Record<string, string>> = {
  'map.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: applied
data:
  color: red
`,
  'map-2.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: applied
data:
  color: blue
`,
  'web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: main, image: "nginx:1"}]
`,
  'rc.yaml': `apiVersion: v1
kind: ReplicationController
metadata:
  name: primary
  labels: {app: agnhost}
spec:
  replicas: 1
  selector: {app: agnhost}
  template:
    metadata: {labels: {app: agnhost}}
    spec:
      containers:
      - {name: primary, image: "agnhost:1", ports: [{containerPort: 6379, name: server}]}
`,
  'drained.yaml': `apiVersion: v1
kind: Pod
metadata: {name: drained, labels: {run: drained}}
spec:
  nodeName: NODE
  containers: [{name: main, image: "nginx:1"}]
`,
  'spare.yaml': `apiVersion: v1
kind: Node
metadata: {name: spare-NS}
`,
  'requests.yaml': `apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: NS-yes}
spec: {signerName: example.com/none, usages: [client auth], request: ${REQUEST}}
---
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: NS-no}
spec: {signerName: example.com/none, usages: [client auth], request: ${REQUEST}}
`,
  'definition.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: crontabs-NS.NS.example.com}
spec:
  group: NS.example.com
  scope: Namespaced
  names: {plural: crontabs-NS, singular: crontab-NS, kind: CronTab, shortNames: [ct-NS]}
  versions:
  - name: v1
    served: true
    storage: true
    additionalPrinterColumns:
    - {name: Spec, type: string, jsonPath: .spec.cronSpec}
    - {name: Replicas, type: integer, jsonPath: .spec.replicas}
    schema:
      openAPIV3Schema:
        description: CronTab runs at times.
        type: object
        properties:
          spec:
            description: When and how often.
            type: object
            properties:
              cronSpec: {type: string, description: When.}
              replicas: {type: integer, minimum: 1, default: 1}
`,
  'daily.yaml': `apiVersion: NS.example.com/v1
kind: CronTab
metadata: {name: daily}
spec: {cronSpec: "0 0 * * *"}
`,
  'web-2.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: main, image: "nginx:2"}]
`,
  'edit.sh': `#!/bin/sh
sed -i -e 's/color: blue/color: green/' -e 's/replicas: 1/replicas: 3/' "$1"
`,
};

export interface GoldenSection {
  readonly title: ConformanceName | `verbs: ${string}`;
  readonly commands: readonly string[];
}

const CLI = '[sig-cli] Kubectl client Kubectl';

/**
 * In their order, in a namespace of the version's own (NS) and with a node of its own (NODE); a tilde is a space within a word.
 * A command may end with `> FILE`, and one that begins with `sed` is no kubectl's.
 */
export const GOLDEN_SECTIONS: readonly GoldenSection[] = [
  { title: `${CLI} version should check is all data is printed`, commands: ['version'] },
  {
    title: `${CLI} api-versions should check if v1 is in available api versions`,
    commands: ['api-versions'],
  },
  {
    title: `${CLI} cluster-info should check if Kubernetes control plane services is included in cluster-info`,
    commands: ['cluster-info'],
  },
  {
    title: 'verbs: apply, edit, patch, label, replace, delete',
    commands: [
      'apply -f map.yaml',
      'apply -f map.yaml',
      'get configmap applied -o jsonpath={.data.color}',
      'apply -f map-2.yaml',
      'edit configmap applied',
      'get configmap applied -o yaml',
      'describe configmap applied',
      'apply --server-side --field-manager=other -f map.yaml',
      'apply --server-side --force-conflicts --field-manager=other -f map.yaml',
      'patch configmap applied --type=merge -p {"data":{"a":"1"}}',
      'patch configmap applied --type=json -p [{"op":"replace","path":"/data/a","value":"2"}]',
      'patch configmap applied -p {"data":{"a":"3"}}',
      'label configmap applied tier=front',
      'label configmap applied tier=back',
      'label configmap applied tier=back --overwrite',
      'annotate configmap applied note=x',
      'get configmap -l tier=back -o name',
      'get configmap applied -o custom-columns=NAME:.metadata.name,A:.data.a',
      'replace -f map.yaml',
      'delete -f map.yaml',
      'get configmap applied',
      'create secret generic key --from-literal=a=b',
      'describe secret key',
      'create configmap literal --from-literal=a=b --dry-run=client -o yaml',
      'describe namespace NS',
    ],
  },
  {
    title: `${CLI} diff should check if kubectl diff finds a difference for Deployments`,
    commands: [
      'create -f web.yaml',
      'rollout status deployment/web --timeout=60s',
      'diff -f web-2.yaml',
      'diff -f web.yaml',
    ],
  },
  {
    title: 'verbs: of deployments',
    commands: [
      'get deployment web',
      'get deployment web -o wide',
      'describe deployment web',
      'expose deployment web --port=80',
      'get service web -o jsonpath={.spec.ports[0].targetPort}',
      'scale deployment web --replicas=1',
      'set image deployment/web main=nginx:2',
      'rollout status deployment/web --timeout=60s',
      'rollout history deployment/web',
      'rollout undo deployment/web',
      'rollout pause deployment/web',
      'rollout resume deployment/web',
      'autoscale deployment web --min=1 --max=2 --cpu-percent=50 --dry-run=client',
    ],
  },
  {
    title: `${CLI} describe should check if kubectl describe prints relevant information for rc and pods`,
    commands: [
      'create -f rc.yaml',
      'wait --for=jsonpath={.status.readyReplicas}=1 rc/primary --timeout=60s',
      'get rc primary -o wide',
      'describe rc primary',
      'describe pods -l app=agnhost --show-events=false',
      'events --for rc/primary',
    ],
  },
  {
    title: `${CLI} expose should create services for rc`,
    commands: [
      'expose rc primary --name=rm2 --port=1234 --target-port=6379',
      'get service rm2',
      'expose service rm2 --name=rm3 --port=2345 --target-port=6379',
      'describe service rm3',
    ],
  },
  {
    title: `${CLI} patch should add annotations for pods in rc`,
    commands: [
      'get pods -l app=agnhost -o yaml > pods.yaml',
      'patch -f pods.yaml -p {"metadata":{"annotations":{"x":"y"}}}',
      'get pods -l app=agnhost -o jsonpath={.items[*].metadata.annotations.x}',
    ],
  },
  {
    title: `${CLI} run pod should create a pod from an image when restart is Never`,
    commands: [
      'run one --image=nginx:1 --restart=Never --labels=run=one',
      'wait --for=condition=Ready pod/one --timeout=60s',
      'get pod one -o jsonpath={.spec.containers[0].image}:{.spec.restartPolicy}:{.status.phase}',
    ],
  },
  {
    title: `${CLI} label should update the label on a resource`,
    commands: [
      'label pod one testing-label=testing-label-value',
      'get pod one -L testing-label',
      'label pod one testing-label-',
      'get pod one -L testing-label',
    ],
  },
  {
    title: `${CLI} server-side dry-run should check if kubectl can dry-run update Pods`,
    commands: [
      'patch pod one -p {"spec":{"containers":[{"name":"one","image":"busybox:1"}]}} --dry-run=server',
      'get pod one -o jsonpath={.spec.containers[0].image}',
    ],
  },
  {
    title: `${CLI} replace should update a single-container pod's image`,
    commands: [
      'get pod one -o yaml > one.yaml',
      'sed -i s/nginx:1/busybox:1/ one.yaml',
      'replace -f one.yaml',
      'get pod one -o jsonpath={.spec.containers[0].image}',
      'delete pod one --now',
    ],
  },
  {
    title: 'verbs: certificate',
    commands: [
      'create -f requests.yaml',
      'certificate approve NS-yes',
      'certificate deny NS-no',
      'certificate approve NS-no',
      'get csr NS-yes NS-no',
      'describe csr NS-yes',
      'delete csr NS-yes NS-no',
    ],
  },
  {
    title: 'verbs: of nodes',
    commands: [
      'create -f spare.yaml',
      'get node spare-NS',
      'taint node spare-NS key=value:NoSchedule',
      'taint node spare-NS key=other:NoSchedule',
      'describe node spare-NS --show-events=false',
      'taint node spare-NS key:NoSchedule-',
      'delete node spare-NS',
      'create -f drained.yaml',
      'wait --for=condition=Ready pod/drained --timeout=60s',
      'cordon NODE',
      'drain NODE --pod-selector=run=drained',
      'drain NODE --pod-selector=run=drained --force',
      'get node NODE',
      'uncordon NODE',
      'uncordon NODE',
    ],
  },
  {
    title: 'verbs: of a custom resource',
    commands: [
      'create -f definition.yaml',
      'wait --for=condition=Established crd/crontabs-NS.NS.example.com --timeout=60s',
      'create -f daily.yaml',
      'get ct-NS',
      'get crontab-NS daily -o yaml',
      'describe crontab-NS daily',
      'explain crontab-NS.spec',
      'explain crontab-NS --recursive',
      'edit crontab-NS daily',
      'patch crontab-NS daily --type=merge -p {"spec":{"cronSpec":"*"}}',
      'patch crontab-NS daily -p {"spec":{"cronSpec":"1"}}',
      'patch crontab-NS daily --type=merge -p {"spec":{"replicas":0}}',
      'get ct-NS',
      'delete crontab-NS daily',
      'delete crd crontabs-NS.NS.example.com',
    ],
  },
  {
    title: 'verbs: auth, explain, api-resources, create',
    commands: [
      'auth can-i get pods',
      'auth can-i create deployments.apps --as=nobody',
      'auth whoami',
      'explain configmap.data',
      'explain deployment.spec.replicas',
      'api-resources --api-group=apps',
      'create serviceaccount robot',
      'create role reader --verb=get,list --resource=pods',
      'create rolebinding reads --role=reader --serviceaccount=NS:robot',
      'describe role reader',
      'get nothing',
      'get pods none',
      'delete deployment,service,secret --all',
    ],
  },
];
