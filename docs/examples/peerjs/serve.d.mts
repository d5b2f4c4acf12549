export declare const serveExample: (port?: number) => Promise<{ readonly url: string; stop(): Promise<void> }>;
