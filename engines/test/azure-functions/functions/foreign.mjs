import { app } from '@azure/functions';

app.cosmosDB('changes', { connection: 'C', databaseName: 'd', containerName: 'c', handler: () => undefined });
