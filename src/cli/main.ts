export function main(name: string): void {
  process.stdout.write(`${name}\n`);
}
