import { stringify } from 'yaml';
import type { ClusterPki } from './pki.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** The admin's kubeconfig, self-contained. */
export function kubeconfigText(url: string, pki: ClusterPki, name = 'kubactor'): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name, cluster: { server: url, 'certificate-authority-data': base64(pki.ca.certificate) } },
    ],
    users: [
      {
        name: `${name}-admin`,
        user: {
          'client-certificate-data': base64(pki.admin.certificate),
          'client-key-data': base64(pki.admin.privateKey),
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: `${name}-admin` } }],
    'current-context': name,
    preferences: {},
  });
}
