import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A chart with everything that helm treats in its own way: a crds/ folder, a vendored subchart, hooks, a test. */
export function writeShopChart(folder: string): string {
  const chart = path.join(folder, 'shop');
  for (const [name, content] of Object.entries(FILES)) {
    const file = path.join(chart, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return chart;
}

const FILES: Readonly<Record<string, string>> = {
  'Chart.yaml': `apiVersion: v2
name: shop
version: 1.2.3
appVersion: "9"
kubeVersion: ">=1.30.0-0"
dependencies:
  - name: cache
    version: 0.1.0
    condition: cache.enabled
`,
  'values.yaml': `replicas: 2
image: nginx:1.29
greeting: hello
boards: 2
cache:
  enabled: true
  size: 16
`,
  'crds/shelves.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: shelves.shop.example.com
spec:
  group: shop.example.com
  scope: Namespaced
  names: {plural: shelves, singular: shelf, kind: Shelf}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              required: [boards]
              properties:
                boards: {type: integer, minimum: 1}
                wood: {type: string, default: oak}
`,
  'charts/cache/Chart.yaml': `apiVersion: v2
name: cache
version: 0.1.0
`,
  'charts/cache/values.yaml': 'size: 1\n',
  'charts/cache/templates/settings.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-cache
data:
  size: {{ .Values.size | quote }}
`,
  'templates/_names.tpl': `{{- define "shop.labels" -}}
app.kubernetes.io/name: shop
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}
`,
  'templates/settings.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-settings
  labels: {{- include "shop.labels" . | nindent 4 }}
data:
  greeting: {{ .Values.greeting }}
  served: {{ .Capabilities.APIVersions.Has "apps/v1/Deployment" | quote }}
  installed: {{ (lookup "v1" "ConfigMap" .Release.Namespace (printf "%s-settings" .Release.Name)) | empty | ternary "now" "before" }}
`,
  'templates/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
  labels: {{- include "shop.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: {app: {{ .Release.Name }}-web}
  template:
    metadata:
      labels: {app: {{ .Release.Name }}-web}
    spec:
      serviceAccountName: {{ .Release.Name }}-web
      containers:
        - name: main
          image: {{ .Values.image }}
          ports: [{name: http, containerPort: 8080}]
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}-web
spec:
  selector: {app: {{ .Release.Name }}-web}
  ports: [{port: 80, targetPort: http}]
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-web
`,
  'templates/shelf.yaml': `apiVersion: shop.example.com/v1
kind: Shelf
metadata:
  name: {{ .Release.Name }}-shelf
spec:
  boards: {{ .Values.boards }}
`,
  'templates/before.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-before
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation
data:
  revision: {{ .Release.Revision | quote }}
`,
  'templates/tests/ping.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-ping
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: hook-succeeded
spec:
  restartPolicy: Never
  containers:
    - name: ping
      image: busybox:1.37
      command: [sleep, "0"]
`,
  'templates/NOTES.txt': '{{ .Release.Name }} is open.\n',
};
