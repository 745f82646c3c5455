// Asks a hosted model as a sketch of 2020 would: node ask.cjs '{"url": ..., "token": ..., "steps": [["query", {...}], ...]}'
// Prints for each step what came, or what the error says.
const { HostedModel } = require('@runwayml/hosted-models');

async function main() {
  const { url, token, steps } = JSON.parse(process.argv[2]);
  const model = new HostedModel({ url, token });
  for (const [verb, ...given] of steps) {
    let told;
    try {
      told = { value: await model[verb](...given) };
    } catch (error) {
      told = { error: error.message };
    }
    console.log(JSON.stringify(told));
  }
}

main();
