// One model after another: the person is cut out of a picture, and put before a remix of the whole.
// The models: gesso host cutout --browser http://localhost:8000, and the same with remix.
const cutout = new gesso.Model("http://127.0.0.1:5142/m/cutout", { token: "TOKEN_OF_CUTOUT" });
const remix = new gesso.Model("http://127.0.0.1:5142/m/remix", { token: "TOKEN_OF_REMIX" });

let words = "Choose a picture of somebody.";

function setup() {
  createCanvas(512, 384);
  createFileInput((file) => loadImage(file.data, make)).position(20, 440);
}

function draw() {
  fill(255);
  rect(0, height - 24, width, 24);
  fill(0);
  text(words, 8, height - 8);
}

async function make(photo) {
  try {
    words = "Cutting out ...";
    const cut = await cutout.run({ image: photo });
    words = "Remixing what was behind ...";
    const behind = await remix.run({ image: cut.outputs.cutout, width: 96, height: 72 }); // what one gave, the next takes
    drawingContext.drawImage(await behind.image(), 0, 0, width, height);
    drawingContext.drawImage(await cut.image("cutout"), 0, 0, width, height);
    words = "Done.";
  } catch (error) {
    words = `${error.message} ${error.hint}`;
  }
}
