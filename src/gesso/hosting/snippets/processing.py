"""In a sketch of Processing (Java), with what Java itself brings."""

from __future__ import annotations

import json

from gesso.hosting.snippets.target import TOKEN, Target


def processing(target: Target) -> str:
    """Return a sketch that asks once, in a thread of its own, and shows what came."""
    lines = [
        "import java.net.URI;",
        "import java.net.http.*;",
        "import java.util.Base64;",
        "",
        'String said = "...";',
        "PImage made;",
        "",
        "void setup() {",
        "  size(640, 480);",
        '  thread("ask");',
        "}",
        "",
        "void draw() {",
        "  background(0);",
        "  if (made != null) image(made, 0, 0, width, height);",
        "  else text(said, 20, 30, width - 40, height);",
        "}",
        "",
        "void ask() {",
        "  JSONObject inputs = new JSONObject();",
        *_inputs(target),
        "  JSONObject asked = new JSONObject();",
        '  asked.setJSONObject("inputs", inputs);',
        "  try {",
        f'    HttpRequest request = HttpRequest.newBuilder(URI.create("{target.url}/run"))',
        *([] if target.is_public else [f'      .header("Authorization", "Bearer {TOKEN}")']),
        '      .header("Content-Type", "application/json")',
        "      .POST(HttpRequest.BodyPublishers.ofString(asked.toString())).build();",
        "    String answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();",
        "    JSONObject result = parseJSONObject(answer);",
        '    if (result.isNull("outputs")) said = result.getString("message");',
        *_shown(target),
        "  } catch (Exception error) {",
        "    said = error.toString();",
        "  }",
        "}",
    ]
    return "\n".join(lines) + "\n"


def _inputs(target: Target) -> list[str]:
    """Return the lines that put the inputs together; a file lies in the sketch's folder `data`."""
    files = [
        f'  inputs.setString("{name}", "data:application/octet-stream;base64," + '
        f'Base64.getEncoder().encodeToString(loadBytes("{file}")));'
        for name, file in target.files.items()
    ]
    return files + [_set(name, value) for name, value in target.values.items()]


def _set(name: str, value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    match value:
        case bool():
            return f'  inputs.setBoolean("{name}", {text});'
        case int():
            return f'  inputs.setInt("{name}", {text});'
        case float():
            return f'  inputs.setFloat("{name}", {text});'
        case list():
            return f'  inputs.setJSONArray("{name}", parseJSONArray({json.dumps(text)}));'
        case dict():
            return f'  inputs.setJSONObject("{name}", parseJSONObject({json.dumps(text)}));'
        case _:
            return f'  inputs.setString("{name}", {text});'


def _shown(target: Target) -> list[str]:
    if target.picture is None:
        return ['    else said = result.getJSONObject("outputs").toString();']
    return [
        "    else {",
        f'      String picture = result.getJSONObject("outputs").getString("{target.picture.name}");',
        '      byte[] bytes = Base64.getDecoder().decode(picture.substring(picture.indexOf(",") + 1));',
        '      saveBytes("out.png", bytes);',
        '      made = loadImage("out.png");',
        "    }",
    ]
