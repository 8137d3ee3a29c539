import { app } from '@azure/functions';

app.setup({ enableHttpStream: true });
app.http('streams', { handler: () => ({ body: 'streamed' }) });
