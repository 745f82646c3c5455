"""In a sketch of p5.js."""

from __future__ import annotations

import json

from gesso.hosting.snippets.target import P5, TOKEN, Target


def p5(target: Target) -> str:
    """Return a sketch: of the camera where the model takes a picture, else of what a click makes."""
    head = [
        '// In index.html, before the sketch, below <meta charset="utf-8">:',
        f'//   <script src="https://cdn.jsdelivr.net/npm/p5@{P5}/lib/p5.min.js"></script>',
        f'//   <script src="{target.base}/gesso.js"></script>',
        "",
        f'const model = new gesso.Model("{target.url}"{_token(target)});',
    ]
    return "\n".join([*head, *(_camera(target) if target.picture_input() else _click(target))]) + "\n"


def _token(target: Target) -> str:
    return "" if target.is_public else f', {{ token: "{TOKEN}" }}'


def _camera(target: Target) -> list[str]:
    port = target.picture_input()
    assert port is not None
    steady = json.dumps(target.values, ensure_ascii=False)
    return [
        "let camera, frame;",
        "",
        "function setup() {",
        "  createCanvas(640, 480);",
        "  camera = createCapture(VIDEO);",
        "  camera.size(640, 480);",
        "  camera.hide();",
        f'  model.live({{ source: camera, frame: "{port.name}", inputs: {steady} }}, (error, made) => {{',
        "    if (error) console.error(error.message);",
        "    else frame = made;",
        "  });",
        "}",
        "",
        "function draw() {",
        "  image(camera, 0, 0, width, height);",
        "  if (frame && frame.picture) drawingContext.drawImage(frame.picture, 0, 0, width, height);",
        *([] if target.picture else ["  if (frame) text(JSON.stringify(frame.outputs), 10, 20, width - 20);"]),
        "}",
    ]


def _click(target: Target) -> list[str]:
    given = json.dumps(target.values, ensure_ascii=False)
    how = [
        "function setup() {",
        "  createCanvas(640, 480);",
        "  textSize(24);",
        '  text("Click.", 20, 40);',
        "}",
        "",
        "function mousePressed() {",
    ]
    if target.is_telling:
        how = ['let story = "";', "", *how]
        made = [
            '  story = "";',
            f"  model.stream({given}, (piece) => {{",
            "    story += piece;",
            "    background(255);",
            "    text(story, 20, 20, width - 40);",
            "  });",
        ]
    elif target.picture is not None:
        made = [
            f"  model.run({given}, async (error, result) => {{",
            "    if (error) return console.error(error.message);",
            f'    drawingContext.drawImage(await result.image("{target.picture.name}"), 0, 0, width, height);',
            "  });",
        ]
    else:
        made = [
            f"  model.run({given}, (error, result) => {{",
            "    if (error) return console.error(error.message);",
            "    background(255);",
            "    text(JSON.stringify(result.outputs), 20, 20, width - 40);",
            "  });",
        ]
    return [*how, *made, "}"]
