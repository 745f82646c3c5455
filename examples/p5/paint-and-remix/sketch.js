// A game of colours: paint with the mouse, press Remix, and paint on what comes back.
// The model: gesso host remix --browser http://localhost:8000
const remix = new gesso.Model("http://127.0.0.1:5142/m/remix", { token: "YOUR_TOKEN" });
const COLOURS = ["#264653", "#2a9d8f", "#e9c46a", "#f4a261", "#e76f51"];

let colour = 0;
let words = "Paint. A key takes the next colour.";

function setup() {
  createCanvas(384, 384);
  pixelDensity(1);
  background("#fff8e7");
  createButton("Remix").position(20, 440).mousePressed(ask);
  createP(words).id("words").position(100, 425);
}

function draw() {
  if (!mouseIsPressed) return;
  stroke(COLOURS[colour]);
  strokeWeight(24);
  line(pmouseX, pmouseY, mouseX, mouseY);
}

function keyPressed() {
  colour = (colour + 1) % COLOURS.length;
}

async function ask() {
  say("Remixing ...");
  try {
    const canvas = drawingContext.canvas; // what is painted is a picture like any other
    const options = { onProgress: (fraction) => say(`Remixing ... ${Math.round(100 * fraction)} %`) };
    const result = await remix.stream({ image: canvas, width: 96, height: 96, variety: 0.8 }, null, options);
    drawingContext.drawImage(await result.image(), 0, 0, width, height);
    say("Paint on, and remix it again.");
  } catch (error) {
    say(`${error.message} ${error.hint}`);
  }
}

function say(text) {
  select("#words").html(text);
}
