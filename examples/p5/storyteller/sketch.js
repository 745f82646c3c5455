// Type the beginning of a story. A model that writes tells it on, word by word.
// The model: any that gives a text in pieces, hosted with: gesso host MODEL --name teller --browser http://localhost:8000
const teller = new gesso.Model("http://127.0.0.1:5142/m/teller", { token: "YOUR_TOKEN" });

let beginning;
let story = "";

function setup() {
  createCanvas(640, 400);
  textSize(20);
  beginning = createInput("Once upon a time");
  beginning.position(20, 20);
  createButton("Tell").position(220, 20).mousePressed(tell);
}

function tell() {
  story = "";
  teller.stream({ prompt: beginning.value() }, (piece) => { story += piece; }, (error) => {
    if (error) story = `${error.message} ${error.hint}`;
  });
}

function draw() {
  background(250, 245, 230);
  fill(40);
  text(story, 30, 60, width - 60, height - 80);
}
