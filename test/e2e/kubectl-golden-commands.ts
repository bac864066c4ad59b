/** Files that the commands name. */
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
  'edit.sh': `#!/bin/sh
sed -i 's/color: blue/color: green/' "$1"
`,
};

/** In their order, in a namespace of the version's own (NS); a tilde is a space within a word. */
export const GOLDEN_COMMANDS: readonly string[] = [
  'apply -f map.yaml',
  'apply -f map.yaml',
  'get configmap applied -o jsonpath={.data.color}',
  'apply -f map-2.yaml',
  'edit configmap applied',
  'get configmap applied -o yaml',
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
  'create configmap literal --from-literal=a=b --dry-run=client -o yaml',
  'create -f web.yaml',
  'rollout status deployment/web --timeout=60s',
  'get deployment web',
  'get deployment web -o wide',
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
  'run one --image=nginx:1 --restart=Never --labels=run=one',
  'wait --for=condition=Ready pod/one --timeout=60s',
  'patch pod one -p {"metadata":{"annotations":{"x":"y"}}} --dry-run=server',
  'get pod one -o jsonpath={.status.phase}',
  'delete pod one --now',
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
];
