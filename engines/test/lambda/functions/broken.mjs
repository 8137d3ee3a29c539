// A module that cannot be loaded.
throw new URIError('this module is broken');
