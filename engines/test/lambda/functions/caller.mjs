// Calls another function with a client that was told nothing: the environment says where the service is.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

const client = new LambdaClient({});

export const handler = async () => {
  const { Payload } = await client.send(new InvokeCommand({ FunctionName: 'callback' }));
  return { heard: JSON.parse(Buffer.from(Payload).toString()) };
};
