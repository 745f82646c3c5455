// Choose a picture: the points of the person in it are drawn over it.
// The model: gesso host pose --browser http://localhost:8000
const pose = new gesso.Model("http://127.0.0.1:5142/m/pose", { token: "YOUR_TOKEN" });

let photo;
let points = [];
let words = "Choose a picture of somebody.";

function setup() {
  createCanvas(640, 480);
  createFileInput((file) => loadImage(file.data, find)).position(20, 20);
}

function find(chosen) {
  photo = chosen;
  points = [];
  words = "Looking ...";
  pose.run({ image: photo }, (error, result) => {
    words = error ? `${error.message} ${error.hint}` : "";
    if (result) points = result.outputs.landmarks;
    if (result && points.length === 0) words = "There is nobody in it.";
  });
}

function draw() {
  background(240);
  if (photo) image(photo, 0, 0, width, height);
  noStroke();
  for (const point of points) {
    fill(255, 80, 0, 255 * point.confidence);
    circle(point.x * width, point.y * height, 10); // x and y are from 0 to 1
  }
  fill(0);
  text(words, 20, height - 20);
}
