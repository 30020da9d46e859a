// The types of node-pty are declared under the name of the package that it is an alias of.
/// <reference path="../../node_modules/node-pty/node-pty.d.ts" />
declare module 'node-pty' {
  export * from '@lydell/node-pty';
}
