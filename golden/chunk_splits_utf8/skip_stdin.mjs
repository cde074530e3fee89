export async function input() {
  let all = '';
  for await (const chunk of process.stdin) all += chunk;
  return all;
}
