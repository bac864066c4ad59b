/** What is served as Kubernetes' version. A `-` in it would break helm's version ranges. */
export const KUBERNETES_VERSION = 'v1.36.0+kubactor';
