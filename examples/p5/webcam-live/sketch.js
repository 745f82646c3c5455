// Your camera, frame by frame through a model. The newest frame wins, so that it never lags behind.
// The model: gesso host pose --browser http://localhost:8000
const pose = new gesso.Model("http://127.0.0.1:5142/m/pose", { token: "YOUR_TOKEN" });

let camera;
let frame;
let words = "Waking the model ...";

function setup() {
  createCanvas(640, 480);
  camera = createCapture(VIDEO);
  camera.size(640, 480);
  camera.hide();
  const options = {
    source: camera,
    size: 320, // the longest side that is sent: smaller is faster
    output: "drawing",
    inputs: { background: "black" },
    onProgress: (fraction, text) => { words = text; },
  };
  pose.live(options, (error, made) => {
    if (error) words = `${error.message} ${error.hint}`;
    else frame = made;
  });
}

function draw() {
  background(0);
  if (frame && frame.picture) drawingContext.drawImage(frame.picture, 0, 0, width, height);
  fill(255);
  text(frame ? `${Math.round(frame.timings.total)} ms` : words, 20, height - 20);
}
