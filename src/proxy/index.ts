export { computedRules } from './computed-rules.js';
export type { KubeProxyConfig, KubeProxyPorts } from './config.js';
export { kubeProxy } from './kube-proxy.js';
export { planRules } from './plan.js';
export type { Backend, RulesPort, RuleTable, ServiceRule } from './rules.js';
