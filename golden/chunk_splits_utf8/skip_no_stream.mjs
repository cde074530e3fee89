export function watch(socket, editor) {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  editor.on('data', (event) => {
    text += event.toString();
  });
  return () => text;
}
