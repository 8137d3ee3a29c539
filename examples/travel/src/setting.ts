/** A variable of the environment. @throws Error where it is not set */
export function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`the environment has no ${name}`);
  return value;
}
