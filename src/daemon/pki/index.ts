export type { KeyPair } from './key-pair.js';
export { ensureTokenKey, tokenKeyFile } from './token-key.js';
export { ensurePki, type ClusterPki } from './pki.js';
export { keepPkiFresh } from './renewal.js';
export { kubeconfigText } from './kubeconfig.js';
