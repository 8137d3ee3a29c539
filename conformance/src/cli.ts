#!/usr/bin/env node
/** `flowstate-conformance`. Old syntax only, so that an old Node can read this file and say that it is too old. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `flowstate-conformance needs Node 20.19 or newer; this is Node ${process.versions.node} (${process.execPath}).`,
  );
  process.exitCode = 2;
} else {
  import('./cli/main.js')
    .then(({ main }) => main(process.argv.slice(2)))
    .catch((error: unknown) => {
      console.error(error);
      process.exitCode = 2;
    });
}
