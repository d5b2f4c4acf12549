import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A name that a project declares, an identifier or a part of a path, with its location. */
export interface DeclaredName {
  readonly name: string;
  /** Relative to the project. */
  readonly path: string;
}

const SOURCE = /\.(ts|mts|tsx|mjs|cjs)$/;
const METRIC = /^parley_[a-z_]+$/;

/**
 * The names declared below `folders` of the project at `root`: of files and folders, classes, interfaces, types,
 * functions, methods, properties, parameters and variables, and of metrics. Settings are among the properties.
 */
export const declaredNames = (root: string, folders: readonly string[]): DeclaredName[] =>
  folders.flatMap((folder) => filesOf(root, folder)).flatMap((path) => [...namesOfPath(path), ...namesIn(root, path)]);

/** `maxHTTPLines`, `max-http-lines` and `MAX_HTTP_LINES` are the words max, http and lines. */
export const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(/[^A-Za-z]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());

const filesOf = (root: string, folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (!entry.isDirectory()) return [path];
    return entry.name === 'node_modules' || entry.name === 'dist' ? [] : filesOf(root, path);
  });

const namesOfPath = (path: string): DeclaredName[] => path.split('/').map((name) => ({ name, path }));

const namesIn = (root: string, path: string): DeclaredName[] => {
  if (!SOURCE.test(path)) return [];
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    const name = declared(node);
    if (name !== undefined) found.add(name);
    if (ts.isStringLiteralLike(node) && (METRIC.test(node.text) || isMetric(node))) found.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true));
  return [...found].map((name) => ({ name, path }));
};

/** `this.gauge('name', …)` and its like add the prefix to the name of a metric. */
const isMetric = (literal: ts.StringLiteralLike): boolean =>
  ts.isCallExpression(literal.parent) &&
  literal.parent.arguments[0] === literal &&
  ts.isPropertyAccessExpression(literal.parent.expression) &&
  ['gauge', 'counter'].includes(literal.parent.expression.name.text);

/** Imports and exports repeat names that are declared elsewhere. */
const declared = (node: ts.Node): string | undefined => {
  const declares =
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node) ||
    ts.isFunctionLike(node) ||
    ts.isClassLike(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isTypeParameterDeclaration(node) ||
    ts.isEnumDeclaration(node) ||
    ts.isEnumMember(node) ||
    ts.isPropertySignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isShorthandPropertyAssignment(node);
  const name = declares ? node.name : undefined;
  return name !== undefined && (ts.isIdentifier(name) || ts.isPrivateIdentifier(name)) ? name.text : undefined;
};
