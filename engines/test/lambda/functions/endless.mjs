// A module that never finishes loading.
await new Promise((resolve) => setTimeout(resolve, 600_000));
