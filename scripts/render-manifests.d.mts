/** The overlays of k8s/. */
export declare const OVERLAYS: readonly string[];
/** What an overlay is made from, as one hash. */
export declare const sourceHash: (overlay: string) => string;
/** Where a rendered overlay is kept. */
export declare const renderedPath: (overlay: string) => string;
/** What `kubectl kustomize` makes of an overlay; undefined when there is no kubectl. */
export declare const render: (overlay: string) => string | undefined;
