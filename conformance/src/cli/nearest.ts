import leven from 'leven';

/** How many names are offered. */
const OFFERED = 3;

/** The names that somebody may have meant, nearest first; those that are far off are left out. */
export function nearest(wanted: string, names: readonly string[]): string[] {
  const scored = names.map((name) => {
    const last = name.slice(name.lastIndexOf('/') + 1);
    const distance = Math.min(leven(wanted, name), leven(wanted, last));
    const contains = wanted.length > 2 && name.includes(wanted);
    return { name, distance: contains ? 0 : distance };
  });
  return scored
    .filter(({ distance }) => distance <= Math.max(2, Math.ceil(wanted.length / 3)))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, OFFERED)
    .map(({ name }) => name);
}
