// Asks a local model as a sketch of 2019 would: node ask.cjs '{"url": ..., "transports": [...], "queries": [{...}, ...]}'
// Prints each event that comes, until there is an answer to each query.
const io = require('socket.io-client');

const { url, transports, queries } = JSON.parse(process.argv[2]);
const socket = io(url, { transports, reconnection: false });
let left = queries.length;

function tell(event, said) {
  console.log(JSON.stringify([event, said]));
}

socket.on('connect', () => queries.forEach((query) => socket.emit('query', query)));
socket.on('connect_error', (error) => {
  tell('connect_error', String(error));
  process.exit(0);
});
socket.on('info', (said) => tell('info', said));
for (const event of ['data', 'error']) {
  socket.on(event, (said) => {
    tell(event, said);
    left -= 1;
    if (left === 0) socket.close();
  });
}
