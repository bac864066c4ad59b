import { KUBERNETES_VERSION } from '../../api/index.js';
import { print, printJson } from '../output.js';
import { readVersion } from '../version.js';

export function version({ json }: { readonly json: boolean }): number {
  const found = {
    version: readVersion(),
    kubernetes: KUBERNETES_VERSION,
    node: process.versions.node,
  };
  if (json) printJson(found);
  else
    print(
      `kubactor ${found.version} (serves Kubernetes ${found.kubernetes}, runs on Node ${found.node})`,
    );
  return 0;
}
