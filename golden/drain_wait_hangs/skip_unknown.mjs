export async function print(terminal, lines) {
  for (const line of lines) {
    if (!terminal.write(line)) await new Promise((resolve) => terminal.once('drain', resolve));
  }
}
