// Starts a DynamoDB on files, says where it is, and waits to be killed.
import { start } from '@flowstate/engines';

const [, , source] = process.argv;
const engine = await start('dynamodb', { source, durable: true });
console.log(`ready ${engine.url}`);
setInterval(() => {}, 1000);
