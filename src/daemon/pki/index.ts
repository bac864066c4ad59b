export { ensurePki, type ClusterPki, type KeyPair } from './pki.js';
export { kubeconfigText } from './kubeconfig.js';
