export { KUBELET_DEFAULTS, type KubeletConfig, type KubeletPorts } from './config.js';
export { kubelet } from './kubelet.js';
