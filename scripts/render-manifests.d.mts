/** The overlays of k8s/. */
export declare const OVERLAYS: readonly string[];
/** A hash of the sources of an overlay. */
export declare const sourceHash: (overlay: string) => string;
/** The path of a rendered overlay. */
export declare const renderedPath: (overlay: string) => string;
/** Renders an overlay with `kubectl kustomize`; undefined without kubectl. */
export declare const render: (overlay: string) => string | undefined;
