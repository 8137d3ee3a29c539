// Registered with the framework, as its users do.
import { http } from '@google-cloud/functions-framework';

http('greet', (req, res) => res.send(`hello ${req.query.name}`));
