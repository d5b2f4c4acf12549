export declare const faultsIn: (text: string) => string[] | undefined;
export declare const audit: () => void;
