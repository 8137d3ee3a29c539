/** Type-checks every `ts` fence of the documents. `npm run verify` builds first: snippets see what users see. */
import './launch/node-version.mjs';

const { command } = await import('./launch/command.mjs');
const { checkSnippets } = await import('./docs/check-snippets.mjs');
const { readDocuments } = await import('./docs/documents.mjs');
const { ROOT } = await import('./launch/checkout.mjs');
await command(async () => {
  const documents = readDocuments(ROOT);
  const { count, problems } = checkSnippets(ROOT, documents);
  for (const { path, line, message } of problems) console.log(`${path}:${line} ${message}`);
  console.log(`${count} snippets in ${documents.length} documents, ${problems.length} problems`);
  return problems.length === 0 ? 0 : 1;
});
