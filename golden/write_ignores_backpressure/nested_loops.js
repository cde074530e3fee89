const http = require('http');

http.createServer(async (request, response) => {
  for await (const table of tables(request)) {
    response.write(`<table><caption>${table.name}</caption>`);
    while (await table.next()) {
      response.write('<tr>');
      for (const cell of table.row()) {
        if (cell === null) {
          response.write('<td>');
          continue;
        }
        response.write(`<td>${cell}`);
      }
    }
    response.write('</table>');
  }
  response.end();
}).listen(8080);
